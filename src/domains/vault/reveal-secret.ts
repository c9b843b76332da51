import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { authorize } from '#core/policy/actor.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { requireProof } from '#domains/identity/index.js';
import { findSecret } from './find-secret.js';
import { noteOwnAccess } from './note-own-access.js';
import { openValue } from './open-value.js';
import { refuseAccess } from './refuse-access.js';
import { SecretVersion } from './secret-version.entity.js';
import type { Secret } from './secret.entity.js';

const attempt = { mutation: 'revealSecret', permission: 'secret:reveal', accessType: 'READ' } as const;

/** Tells a person the value of a secret, after a recent proof of identity. */
export async function revealSecret(context: WriteContext, id: string): Promise<{ secret: Secret; value: string }> {
  const secret = await findSecret(context, id, attempt);
  const value = await valueFor(context, secret).catch((error: unknown) => {
    throw error instanceof AppError ? refuseAccess(context, secret, { ...attempt, error }) : error;
  });
  await noteOwnAccess(context, secret, 'READ');
  context.record('vault.secret.revealed', secret, { isSensitive: true, severity: 'MEDIUM' });
  return { secret, value };
}

async function valueFor(context: WriteContext, secret: Secret): Promise<string> {
  const { em, actor, services } = context;
  if (secret.requiredPermission !== null) authorize(actor, secret.requiredPermission as `${string}:${string}`);
  await requireProof(context);
  const version = await em.findOne(SecretVersion, { secret, isActive: true });
  const { id, name, isActive, isExpired } = secret;
  return openValue(services.get(KeyRing), { id, name, isActive, isExpired, version });
}
