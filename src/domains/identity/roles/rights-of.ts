import type { Actor } from '#core/policy/actor.js';
import type { Settings } from '#core/settings/settings.js';
import { requireTotpForAdministrators } from '../accounts/account.settings.js';

/** What the database says of what a user may do. */
export interface RightsRow {
  is_superuser: boolean;
  has_totp: boolean;
  roles: string[];
  permissions: string[];
}

/** What a user may do: an administrator who needs a second factor and has none may do only what everybody may. */
export function rightsOf(row: RightsRow, settings: Settings): Pick<Actor, 'isSuperuser' | 'roles' | 'permissions'> {
  const isAdministrator = row.is_superuser || row.roles.includes('admin');
  if (isAdministrator && !row.has_totp && settings.value(requireTotpForAdministrators))
    return { isSuperuser: false, roles: [], permissions: new Set() };
  return { isSuperuser: row.is_superuser, roles: row.roles, permissions: new Set(row.permissions) };
}
