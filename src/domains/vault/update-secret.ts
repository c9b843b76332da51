import { LockMode } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { checkPermission } from './check-permission.js';
import { checkRotation, checkSecret, type GivenSecretValues, type SecretValues } from './check-secret.js';
import { findSecret } from './find-secret.js';
import { rotationDue } from './rotation-due.js';
import { SecretVersion } from './secret-version.entity.js';
import type { Secret } from './secret.entity.js';

/** What to change of a secret: what is left out stays. */
export interface SecretChange extends GivenSecretValues {
  id: string;
  expectedRevision: number;
}

const clearable: ReadonlySet<string> = new Set([
  'displayName',
  'description',
  'requiredPermission',
  'rotationDays',
  'expiresAt',
] satisfies (keyof SecretValues)[]);

/** Changes what is known of a secret, and whether it can be used; never its name or its value. */
export async function updateSecret(context: WriteContext, { id, expectedRevision, ...given }: SecretChange): Promise<Secret> {
  const { em, actor, record } = context;
  const problems = new Problems();
  checkSecret(given, problems);
  await checkPermission(context, given.requiredPermission, problems);
  problems.throwIfAny();

  const secret = await findSecret(context, id, { mutation: 'updateSecret', permission: 'secret:manage', accessType: null });
  await em.lock(secret, LockMode.OPTIMISTIC, expectedRevision);
  const { requiredPermission } = secret;
  const values = Object.entries(given).filter(([key, value]) => value !== undefined && (value !== null || clearable.has(key)));
  Object.assign(secret, Object.fromEntries(values));
  // Else whoever lacks it would take it away first.
  if (requiredPermission !== null && secret.requiredPermission !== requiredPermission && !can(actor, requiredPermission))
    throw new AppError('FORBIDDEN', `This needs the permission ${requiredPermission}, which the secret asks for`);
  checkRotation(secret, problems);
  problems.throwIfAny();
  const version = secret.isRotationEnabled ? await em.findOne(SecretVersion, { secret, isActive: true }) : null;
  secret.nextRotationAt = rotationDue(secret, version?.createdAt ?? null);
  record('vault.secret.updated', secret);
  return secret;
}
