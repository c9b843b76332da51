import { badInput } from '#core/errors/bad-input.js';
import type { WriteContext } from '#core/feed/write.js';
import { rightsStream } from '#core/policy/actor.js';
import { findUser } from './find-user.js';
import { keepAdministrator } from '../administrators/keep-administrator.js';
import { lockRights } from '../roles/lock-rights.js';
import { requireProof } from '../sessions/require-proof.js';

/** Which user to delete; the name is given too, so that nobody deletes the wrong one. */
export interface UserDeletion {
  id: string;
  username: string;
}

/** Deletes a user with what is personal: sessions, links, roles. What others need stays, with the name. Returns the id. */
export async function deleteUser(context: WriteContext, { id, username }: UserDeletion): Promise<string> {
  await requireProof(context);
  const user = await findUser(context, await lockRights(context, 'user:delete'), id);
  if (user.username !== username) throw badInput('This is not the name of the user', 'input.username');
  context.em.remove(user);
  context.record('identity.user.deleted', user, { severity: 'MEDIUM' });
  if (user.isSuperuser) await keepAdministrator(context);
  context.touch(rightsStream);
  return id;
}
