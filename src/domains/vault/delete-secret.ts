import type { WriteContext } from '#core/feed/write.js';
import { findSecret } from './find-secret.js';
import { noteOwnAccess } from './note-own-access.js';

/** Deletes a secret with all its versions; what is noted of its accesses stays. Returns its id. */
export async function deleteSecret(context: WriteContext, id: string): Promise<string> {
  const secret = await findSecret(context, id, { mutation: 'deleteSecret', permission: 'secret:manage', accessType: 'DELETE' });
  await noteOwnAccess(context, secret, 'DELETE');
  context.em.remove(secret);
  context.record('vault.secret.deleted', secret, { severity: 'MEDIUM' });
  return id;
}
