import type { AppError } from '#core/errors/app-error.js';
import { Denied } from '#core/feed/denied.js';
import type { WriteContext } from '#core/feed/write.js';
import { noteAccess } from './note-access.js';
import type { SecretAccessType } from './secret-access-type.js';
import type { Secret } from './secret.entity.js';

/** The refusal of what somebody tried with a secret: it is told in the audit trail, and among the accesses of the secret. */
export function refuseAccess(
  { actor, sourceIp, userAgent }: WriteContext,
  secret: Secret,
  { mutation, accessType, error }: { mutation: string; accessType: SecretAccessType; error: AppError },
): Denied {
  const { id, name, serverId } = secret;
  const { code, message, details } = error;
  const denial = {
    action: `${mutation}.denied`,
    by: { id: actor.id, name: actor.name },
    outcome: code === 'PRECONDITION_FAILED' ? ('FAILURE' as const) : ('DENIED' as const),
    consequence: ({ em }: WriteContext) =>
      noteAccess(em, {
        secretId: id,
        secretName: name,
        serverId,
        userId: actor.id,
        userName: actor.name,
        accessType,
        isSuccessful: false,
        detail: message,
        ipAddress: sourceIp,
        userAgent,
      }),
  };
  return new Denied(code, message, denial, details);
}
