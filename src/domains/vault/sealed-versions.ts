import type { SealedColumn } from '#core/database/sealed-column.js';
import { boundTo } from '#core/secrets/bound-to.js';
import { SecretVersion } from './secret-version.entity.js';

/** What a sealed value is bound to: the row that holds it, and the id and name of the secret. */
export const contextOf = (versionId: string, secret: { id: string; name: string }): string =>
  boundTo('secret_versions', versionId, secret.id, secret.name);

/** Where the values of secrets are sealed. */
export const sealedVersions: SealedColumn<SecretVersion> = {
  entity: SecretVersion,
  property: 'sealedValue',
  keyProperty: 'encryptionKeyId',
  needs: ['secret'],
  context: ({ id, secret }) => contextOf(id, secret.getEntity()),
};
