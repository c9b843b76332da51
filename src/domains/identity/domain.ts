import type { Domain } from '#core/graph/domain.js';
import { AccountNotice } from './accounts/account-notice.entity.js';
import { AccountResolver } from './accounts/account.resolver.js';
import * as accountSettings from './accounts/account.settings.js';
import { AdminInvitation } from './administrators/admin-invitation.entity.js';
import { AdminRole } from './administrators/admin-role.entity.js';
import { AdministratorResolver } from './administrators/administrator.resolver.js';
import { AttemptCount } from './attempts/attempt-count.entity.js';
import { triesPerAddress, triesPerName } from './attempts/attempt.settings.js';
import { FactorResolver } from './factors/factor.resolver.js';
import { RecoveryCode } from './factors/recovery-code.entity.js';
import { sealedTotps } from './factors/sealed-totps.js';
import { Totp } from './factors/totp.entity.js';
import { identityPolicies } from './identity.policy.js';
import { AuthProvider } from './providers/auth-provider.entity.js';
import { AuthProviderResolver } from './providers/auth-provider.resolver.js';
import { sealedProviderSecrets, sealedSsoChecks } from './providers/sealed-providers.js';
import { SsoIdentity } from './providers/sso-identity.entity.js';
import { SsoRequest } from './providers/sso-request.entity.js';
import { Permission } from './roles/permission.entity.js';
import { RoleAssignment } from './roles/role-assignment.entity.js';
import { RolePermission } from './roles/role-permission.entity.js';
import { Role } from './roles/role.entity.js';
import { RoleResolver } from './roles/role.resolver.js';
import { RevokedToken } from './sessions/revoked-token.entity.js';
import { sealedSigningKeys } from './sessions/sealed-signing-keys.js';
import { sessionDerived } from './sessions/session.derived.js';
import { Session } from './sessions/session.entity.js';
import { SessionResolver } from './sessions/session.resolver.js';
import { sessionRetentionDays } from './sessions/session.settings.js';
import { SignInLink } from './sessions/sign-in-link.entity.js';
import { SigningKey } from './sessions/signing-key.entity.js';
import { trimSessions } from './sessions/trim-sessions.js';
import { ApiToken } from './tokens/api-token.entity.js';
import { ApiTokenResolver } from './tokens/api-token.resolver.js';
import { apiTokenDays } from './tokens/api-token.settings.js';
import { userDerived } from './users/user.derived.js';
import { User } from './users/user.entity.js';
import { UserResolver } from './users/user.resolver.js';

/** Users, what they may do, and their sessions. */
export const identity: Domain = {
  name: 'identity',
  entities: [
    User,
    Role,
    Permission,
    RolePermission,
    RoleAssignment,
    Session,
    RevokedToken,
    SigningKey,
    SignInLink,
    AdminRole,
    AdminInvitation,
    AccountNotice,
    Totp,
    RecoveryCode,
    ApiToken,
    AttemptCount,
    AuthProvider,
    SsoIdentity,
    SsoRequest,
  ],
  derived: [...userDerived, ...sessionDerived],
  policies: identityPolicies,
  resolvers: [
    SessionResolver,
    UserResolver,
    RoleResolver,
    AccountResolver,
    AdministratorResolver,
    FactorResolver,
    ApiTokenResolver,
    AuthProviderResolver,
  ],
  operations: [trimSessions],
  settings: [sessionRetentionDays, apiTokenDays, triesPerName, triesPerAddress, ...Object.values(accountSettings)],
  sealed: [sealedSigningKeys, sealedTotps, sealedProviderSecrets, sealedSsoChecks],
};
