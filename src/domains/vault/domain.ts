import type { Domain } from '#core/graph/domain.js';
import { sealedVersions } from './sealed-versions.js';
import { SecretAccess } from './secret-access.entity.js';
import { SecretVersion } from './secret-version.entity.js';
import { Secret } from './secret.entity.js';
import { SecretResolver } from './secret.resolver.js';
import { trimSecretAccesses } from './trim-secret-accesses.js';
import { vaultDerived } from './vault.derived.js';
import { vaultPolicies } from './vault.policy.js';
import { vaultRelations } from './vault.relations.js';
import { accessRetentionDays } from './vault.settings.js';

/** Secrets, their values over time, and who used them. */
export const vault: Domain = {
  name: 'vault',
  entities: [Secret, SecretVersion, SecretAccess],
  relations: vaultRelations,
  derived: vaultDerived,
  policies: vaultPolicies,
  resolvers: [SecretResolver],
  operations: [trimSecretAccesses],
  settings: [accessRetentionDays],
  sealed: [sealedVersions],
};
