import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { rightsStream, type Actor } from '#core/policy/actor.js';
import { mayGive } from './may-give.js';
import type { Permission } from './permission.entity.js';
import { requireProof } from '../sessions/require-proof.js';
import { RolePermission } from './role-permission.entity.js';
import type { Role } from './role.entity.js';

/** Adds permissions to a role and takes others away; what the role has or has not already stays so. Returns how many were changed. */
export async function holdPermissions(
  context: WriteContext,
  actor: Actor,
  role: Role,
  { add, isRemoved }: { add: readonly Permission[]; isRemoved: (permissionId: string) => boolean },
): Promise<number> {
  const { em } = context;
  const held = await em.find(RolePermission, { role });
  const added = add.filter((permission) => !held.some((each) => each.permission.id === permission.id));
  const removed = held.filter((each) => isRemoved(each.permission.id));
  mayGive(
    actor,
    added.map(({ name }) => name),
  );
  if (added.length > 0) await requireProof(context);
  if (role.slug === 'admin' && removed.length > 0)
    throw new AppError('PRECONDITION_FAILED', 'The role admin keeps every permission: make another role for those who may do less');
  for (const permission of added) {
    const id = newId(declarationOf(RolePermission).type);
    const holding = Object.assign(new RolePermission(), { id, role: ref(role), permission: ref(permission) });
    em.persist(holding);
    context.record('identity.rolePermission.granted', holding, { severity: 'MEDIUM' });
  }
  for (const holding of removed) {
    em.remove(holding);
    context.record('identity.rolePermission.revoked', holding, { severity: 'MEDIUM' });
  }
  // A new revision of the role: its own columns do not say what it holds.
  if (added.length + removed.length > 0) role.updatedAt = new Date(Math.max(context.now.getTime(), role.updatedAt.getTime() + 1));
  context.touch(rightsStream);
  return added.length + removed.length;
}
