import { z } from 'zod';
import { isLoopback } from './is-loopback.js';
import { providerRules } from './provider-rules.js';

const claim = (name: string) => z.string().min(1).max(200).default(name);
const isGuarded = (value: string): boolean => {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(value);
  if (username || password || search || hash) return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
};

/** How an OpenID Connect provider is reached, and what it makes of people. */
export const oidcConfig = z.strictObject({
  issuer: z
    .string()
    .max(2_000)
    .refine(isGuarded, 'must be the https address of the issuer, without query, fragment and password; http only on this machine'),
  clientId: z.string().min(1).max(500),
  clientAuthentication: z.enum(['client_secret_basic', 'client_secret_post', 'none']).default('client_secret_basic'),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, 'must be a scope'))
    .max(50)
    .default(['openid', 'profile', 'email'])
    .refine((scopes) => scopes.includes('openid'), 'must contain openid'),
  usesUserInfo: z.boolean().default(true),
  clockToleranceSeconds: z.int().min(0).max(300).default(60),
  usernameClaim: claim('preferred_username'),
  emailClaim: claim('email'),
  fullNameClaim: claim('name'),
  roleClaim: claim('groups'),
  ...providerRules,
});

/** The configuration of an OpenID Connect provider. */
export type OidcConfig = z.output<typeof oidcConfig>;
