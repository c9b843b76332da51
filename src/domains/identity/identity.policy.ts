import { sql } from '#core/database/sql.js';
import { can, type Actor } from '#core/policy/actor.js';
import { policy, type Predicate } from '#core/policy/policy.js';
import { AdminInvitation } from './administrators/admin-invitation.entity.js';
import { AdminRole } from './administrators/admin-role.entity.js';
import { ApiToken } from './tokens/api-token.entity.js';
import { AuthProvider } from './providers/auth-provider.entity.js';
import { SsoIdentity } from './providers/sso-identity.entity.js';
import { Permission } from './roles/permission.entity.js';
import { RevokedToken } from './sessions/revoked-token.entity.js';
import { RoleAssignment } from './roles/role-assignment.entity.js';
import { Role } from './roles/role.entity.js';
import { Session } from './sessions/session.entity.js';
import { User } from './users/user.entity.js';

const ownOr =
  (permission: string, column: string) =>
  (actor: Actor, alias: string): Predicate =>
    can(actor, permission) || (actor.id !== null && sql`${sql.ref(`${alias}.${column}`)} = ${actor.id}::uuid`);
const signedIn = (actor: Actor): Predicate => actor.kind !== 'anonymous';

const managesOrUses = (actor: Actor, alias: string): Predicate =>
  can(actor, 'provider:manage') ||
  (actor.id !== null &&
    sql`exists (select 1 from sso_identities i where i.provider_id = ${sql.ref(`${alias}.id`)} and i.user_id = ${actor.id}::uuid)`);

/** Who sees users, what they may do, and their sessions. */
export const identityPolicies = [
  policy(User, ownOr('user:read', 'id')),
  policy(RoleAssignment, ownOr('user:read', 'user_id')),
  policy(Session, ownOr('session:read', 'user_id')),
  policy(RevokedToken, (actor) => can(actor, 'session:read')),
  policy(AdminRole, ownOr('user:read', 'user_id')),
  policy(AdminInvitation, ownOr('user:read', 'invited_by_id')),
  policy(ApiToken, ownOr('token:manage', 'owner_id')),
  policy(Role, signedIn),
  policy(Permission, signedIn),
  policy(AuthProvider, managesOrUses, { config: (actor) => can(actor, 'provider:manage') }),
  policy(SsoIdentity, ownOr('user:read', 'user_id')),
];
