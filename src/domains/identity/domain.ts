import type { Domain } from '#core/graph/domain.js';
import { identityPolicies } from './identity.policy.js';
import { IdentityResolver } from './identity.resolver.js';
import { Permission } from './permission.entity.js';
import { RevokedToken } from './revoked-token.entity.js';
import { RoleAssignment } from './role-assignment.entity.js';
import { RolePermission } from './role-permission.entity.js';
import { Role } from './role.entity.js';
import { Session } from './session.entity.js';
import { SignInLink } from './sign-in-link.entity.js';
import { SigningKey } from './signing-key.entity.js';
import { userDerived } from './user.derived.js';
import { User } from './user.entity.js';

/** Users, what they may do, and their sessions. */
export const identity: Domain = {
  name: 'identity',
  entities: [User, Role, Permission, RolePermission, RoleAssignment, Session, RevokedToken, SigningKey, SignInLink],
  derived: userDerived,
  policies: identityPolicies,
  resolvers: [IdentityResolver],
};
