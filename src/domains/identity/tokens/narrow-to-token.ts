import { can, type Actor, type ActingToken } from '#core/policy/actor.js';

/** The actor that a program is with an API token: of the token's scopes it has what its owner holds, and it is never a superuser. */
export const narrowToToken = (owner: Actor, token: ActingToken): Actor => ({
  ...owner,
  isSuperuser: false,
  roles: [],
  permissions: new Set(token.scopes.filter((scope) => can(owner, scope))),
  sessionId: null,
  apiToken: token,
});
