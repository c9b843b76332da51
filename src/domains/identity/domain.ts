import type { Domain } from '#core/graph/domain.js';
import { AccountNotice } from './account-notice.entity.js';
import { AccountResolver } from './account.resolver.js';
import * as accountSettings from './account.settings.js';
import { AdminInvitation } from './admin-invitation.entity.js';
import { AdminRole } from './admin-role.entity.js';
import { AdministratorResolver } from './administrator.resolver.js';
import { FactorResolver } from './factor.resolver.js';
import { ApiToken } from './api-token.entity.js';
import { ApiTokenResolver } from './api-token.resolver.js';
import { apiTokenDays } from './api-token.settings.js';
import { AttemptCount } from './attempt-count.entity.js';
import { triesPerAddress, triesPerName } from './attempt.settings.js';
import { identityPolicies } from './identity.policy.js';
import { sessionRetentionDays } from './identity.settings.js';
import { IdentityResolver } from './identity.resolver.js';
import { Permission } from './permission.entity.js';
import { RecoveryCode } from './recovery-code.entity.js';
import { AuthProvider } from './providers/auth-provider.entity.js';
import { AuthProviderResolver } from './providers/auth-provider.resolver.js';
import { sealedProviderSecrets, sealedSsoChecks } from './providers/sealed-providers.js';
import { SsoIdentity } from './providers/sso-identity.entity.js';
import { SsoRequest } from './providers/sso-request.entity.js';
import { RevokedToken } from './revoked-token.entity.js';
import { RoleAssignment } from './role-assignment.entity.js';
import { RolePermission } from './role-permission.entity.js';
import { Role } from './role.entity.js';
import { RoleResolver } from './role.resolver.js';
import { sealedSigningKeys } from './sealed-signing-keys.js';
import { sealedTotps } from './sealed-totps.js';
import { sessionDerived } from './session.derived.js';
import { Session } from './session.entity.js';
import { SignInLink } from './sign-in-link.entity.js';
import { SigningKey } from './signing-key.entity.js';
import { Totp } from './totp.entity.js';
import { trimSessions } from './trim-sessions.js';
import { userDerived } from './user.derived.js';
import { User } from './user.entity.js';
import { UserResolver } from './user.resolver.js';

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
    IdentityResolver,
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
