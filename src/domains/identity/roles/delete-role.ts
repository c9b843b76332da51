import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { rightsStream } from '#core/policy/actor.js';
import { findRole } from './find-role.js';
import { lockRights } from './lock-rights.js';

/** Deletes a role; whoever has it loses what it gave. Returns its id. */
export async function deleteRole(context: WriteContext, id: string): Promise<string> {
  await lockRights(context, 'role:manage');
  const role = await findRole(context, id);
  if (role.slug === 'admin') throw new AppError('PRECONDITION_FAILED', 'The role admin cannot be deleted');
  context.em.remove(role);
  context.record('identity.role.deleted', role, { severity: 'MEDIUM' });
  context.touch(rightsStream);
  return id;
}
