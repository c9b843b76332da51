import type { WriteContext } from '#core/feed/write.js';
import { noteAccess } from './note-access.js';
import type { SecretAccessType } from './secret-access-type.js';
import type { Secret } from './secret.entity.js';

/** Writes down that the caller did this with a secret. */
export const noteOwnAccess = (
  { em, actor, sourceIp, userAgent }: WriteContext,
  { id, name, serverId }: Secret,
  accessType: SecretAccessType,
): Promise<void> =>
  noteAccess(em, {
    secretId: id,
    secretName: name,
    serverId,
    userId: actor.id,
    userName: actor.name,
    accessType,
    isSuccessful: true,
    ipAddress: sourceIp,
    userAgent,
  });
