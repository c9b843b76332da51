import type { SealedColumn } from '#core/database/sealed-column.js';
import { AuthProvider } from './auth-provider.entity.js';
import { SsoRequest } from './sso-request.entity.js';

/** Where client secrets and bind passwords are sealed. */
export const sealedProviderSecrets: SealedColumn<AuthProvider> = {
  entity: AuthProvider,
  property: 'sealedSecret',
  context: ({ id }) => `auth_providers:${id}`,
};

/** Where the checks of a browser that is under way are sealed. */
export const sealedSsoChecks: SealedColumn<SsoRequest> = {
  entity: SsoRequest,
  property: 'sealedChecks',
  context: ({ id }) => `sso_requests:${id}`,
};
