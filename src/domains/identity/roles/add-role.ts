import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { RoleAssignment } from './role-assignment.entity.js';
import type { Role } from './role.entity.js';
import type { User } from '../users/user.entity.js';

/** Adds a role to a user, after all checks. */
export function addRole(context: WriteContext, user: User, role: Role): RoleAssignment {
  const assignment = Object.assign(new RoleAssignment(), {
    id: newId(declarationOf(RoleAssignment).type),
    user: ref(user),
    role: ref(role),
    assignedAt: context.now,
  });
  context.em.persist(assignment);
  context.record('identity.roleAssignment.created', assignment, { severity: 'MEDIUM' });
  return assignment;
}
