import { storableJson, storableText } from '#core/database/sql.js';
import type { OidcConfig } from './oidc-config.js';
import type { Profile } from './profile.js';

// Of the token, not of the person.
const ofToken = new Set([
  'iss',
  'aud',
  'exp',
  'iat',
  'nbf',
  'nonce',
  'at_hash',
  'c_hash',
  's_hash',
  'auth_time',
  'azp',
  'jti',
  'sid',
  'acr',
  'amr',
]);
const mostRaw = 20_000;
const mostValues = 1_000;

type Claims = Readonly<Record<string, unknown>>;

/** What an OpenID Connect provider says of somebody, out of the claims of the ID token and of the user info. */
export function profileOfClaims(subject: string, claims: Claims, config: OidcConfig): Profile {
  const { usernameClaim, emailClaim, fullNameClaim, roleClaim } = config;
  const kept = Object.fromEntries(Object.entries(claims).filter(([name]) => !ofToken.has(name)));
  const raw = storableJson(kept);
  return {
    subject,
    username: textOf(claims, usernameClaim),
    email: textOf(claims, emailClaim),
    // What the provider has verified is the claim email, and no other one.
    isEmailVerified: claims.email_verified === true && textOf(claims, emailClaim) === textOf(claims, 'email'),
    fullName: textOf(claims, fullNameClaim),
    roleValues: valuesOf(claims, roleClaim),
    rawAttributes: raw.length <= mostRaw ? (JSON.parse(raw) as object) : { sub: subject, isTooLong: true },
  };
}

// Names of claims may have dots themselves, as URLs do.
function at(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let found: unknown = claims;
  for (const part of path.split('.')) found = isObject(found) && Object.hasOwn(found, part) ? found[part] : undefined;
  return found;
}

const isObject = (value: unknown): value is Claims => typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (claims: Claims, path: string): string | null => {
  const value = at(claims, path);
  return typeof value === 'string' && value !== '' ? storableText(value) : null;
};

const valuesOf = (claims: Claims, path: string): string[] => {
  const value = at(claims, path);
  return [value]
    .flat()
    .filter((each): each is string => typeof each === 'string')
    .slice(0, mostValues);
};
