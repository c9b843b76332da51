import { LockMode, ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { rightsStream } from '#core/policy/actor.js';
import { AdminRole } from './admin-role.entity.js';
import { misfitsOfLimits } from './approval-limits.js';
import { findPermissions } from '../roles/find-permissions.js';
import { findRoles } from '../roles/find-roles.js';
import { findUser } from '../users/find-user.js';
import { lockRights } from '../roles/lock-rights.js';
import { mayGive, mayGiveRoles } from '../roles/may-give.js';
import { requireProof } from '../sessions/require-proof.js';

/** What an admin role is to be; what is left out stays, and in a new one is as by default. */
export interface AdminRoleValues {
  userId: string;
  expectedRevision?: number | null;
  role?: AdminRole['role'] | null;
  status?: AdminRole['status'] | null;
  permissions?: readonly string[] | null;
  approvalLimits?: object | null;
}

/** Gives a user an admin role, or changes the one that they have; nobody changes their own, or gives what they do not hold. */
export async function setAdminRole(context: WriteContext, given: AdminRoleValues): Promise<AdminRole> {
  const { em } = context;
  const problems = new Problems();
  if (given.approvalLimits)
    for (const { message, path } of misfitsOfLimits(given.approvalLimits, 'input.approvalLimits')) problems.add(message, path);
  const permissions = given.permissions ? await findPermissions(em, given.permissions, 'input.permissions', problems) : null;
  problems.throwIfAny();

  await requireProof(context);
  const actor = await lockRights(context, 'role:assign');
  const user = await findUser(context, actor, given.userId);
  if (user.id === actor.id) throw new AppError('FORBIDDEN', 'Nobody changes their own admin role');
  const present = await em.findOne(AdminRole, { user });
  if (given.expectedRevision != null) {
    if (!present) throw new AppError('CONFLICT', 'The user has no admin role yet: leave expectedRevision out');
    await em.lock(present, LockMode.OPTIMISTIC, given.expectedRevision);
  }
  const adminRole = present ?? Object.assign(new AdminRole(), { id: newId(declarationOf(AdminRole).type), user: ref(user) });
  if (given.role) adminRole.role = given.role;
  if (given.status) adminRole.status = given.status;
  if (permissions) adminRole.permissions = permissions.map(({ name }) => name).sort();
  if (given.approvalLimits !== undefined) adminRole.approvalLimits = given.approvalLimits;
  // To take it away needs no more than the right to do so; what stands in it counts once it is active again.
  if (adminRole.status === 'ACTIVE') {
    mayGive(actor, adminRole.permissions);
    await mayGiveRoles(em, actor, await findRoles(em, [adminRole.role.toLowerCase()], 'input.role', problems));
  }
  em.persist(adminRole);
  context.record(present ? 'identity.adminRole.updated' : 'identity.adminRole.created', adminRole, { severity: 'MEDIUM' });
  context.touch(rightsStream);
  return adminRole;
}
