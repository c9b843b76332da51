import { sql } from '#core/database/sql.js';
import { can, type Actor } from '#core/policy/actor.js';
import { policy, type Predicate } from '#core/policy/policy.js';
import { Permission } from './permission.entity.js';
import { RevokedToken } from './revoked-token.entity.js';
import { RoleAssignment } from './role-assignment.entity.js';
import { Role } from './role.entity.js';
import { Session } from './session.entity.js';
import { User } from './user.entity.js';

const ownOr =
  (permission: string, column: string) =>
  (actor: Actor, alias: string): Predicate =>
    can(actor, permission) || (actor.id !== null && sql`${sql.ref(`${alias}.${column}`)} = ${actor.id}::uuid`);
const signedIn = (actor: Actor): Predicate => actor.kind !== 'anonymous';

/** Who sees users, what they may do, and their sessions. */
export const identityPolicies = [
  policy(User, ownOr('user:read', 'id')),
  policy(RoleAssignment, ownOr('user:read', 'user_id')),
  policy(Session, ownOr('session:read', 'user_id')),
  policy(RevokedToken, (actor) => can(actor, 'session:read')),
  policy(Role, signedIn),
  policy(Permission, signedIn),
];
