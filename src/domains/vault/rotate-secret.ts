import { LockMode } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { addVersion } from './add-version.js';
import { checkReason, checkValue } from './check-secret.js';
import { findSecret } from './find-secret.js';
import { refuseAccess } from './refuse-access.js';
import type { Secret } from './secret.entity.js';
import type { SecretValue } from './set-secret-value.js';
import { touched } from './touched.js';

const attempt = { mutation: 'rotateSecret', permission: 'secret:manage', accessType: 'WRITE' } as const;

/** Puts a new value in the place of the one that a secret has. */
export async function rotateSecret(
  context: WriteContext,
  { id, value, reason = null, expectedRevision }: SecretValue & { reason?: string | null },
): Promise<Secret> {
  const problems = new Problems();
  checkValue(value, problems);
  checkReason(reason, problems);
  problems.throwIfAny();

  const secret = await findSecret(context, id, attempt);
  if (expectedRevision != null) await context.em.lock(secret, LockMode.OPTIMISTIC, expectedRevision);
  const obstacle = obstacleOf(secret);
  if (obstacle !== null) {
    const error = new AppError('PRECONDITION_FAILED', `The secret ${secret.name} ${obstacle}`);
    throw refuseAccess(context, secret, { ...attempt, error });
  }
  secret.lastRotatedAt = context.now;
  await addVersion(context, touched(secret, context.now), value, reason);
  context.record('vault.secret.rotated', secret, {
    isSensitive: true,
    severity: 'MEDIUM',
    ...(reason !== null && { message: reason }),
  });
  return secret;
}

function obstacleOf({ hasValue, isRotatable }: Secret): string | null {
  if (!hasValue) return 'has no value yet: set it with setSecretValue';
  return isRotatable ? null : 'is not to be rotated: change isRotatable first, with updateSecret';
}
