import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';

/** How a provider finds out who somebody is. */
export const AuthProviderKind = declareEnum('AuthProviderKind', 'How a provider finds out who somebody is', {
  LOCAL: 'Passwords that Signalbox keeps itself, as hashes',
  OIDC: 'OpenID Connect, the authorization code flow with PKCE',
  LDAP: 'A directory that is asked over LDAP',
  AD: 'Active Directory, asked over LDAP',
});
export type AuthProviderKind = ValueOf<typeof AuthProviderKind>;
