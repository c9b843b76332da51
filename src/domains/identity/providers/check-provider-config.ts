import { z } from 'zod';
import { storableJson } from '#core/database/sql.js';
import type { Problems } from '#core/errors/problems.js';
import type { AuthProviderKind } from './auth-provider-kind.js';
import { adConfig, ldapConfig } from './ldap-config.js';
import { oidcConfig } from './oidc-config.js';

const schemas: Record<AuthProviderKind, z.ZodType<object>> = {
  LOCAL: z.strictObject({}),
  OIDC: oidcConfig,
  LDAP: ldapConfig,
  AD: adConfig,
};
const path = 'input.config';

/** Notes what is wrong with a configuration, at its places in the input; returns it with its defaults, or null when something is wrong. */
export function checkProviderConfig(kind: AuthProviderKind, config: unknown, problems: Problems): object | null {
  const parsed = schemas[kind].safeParse(config);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) note(issue, problems);
    return null;
  }
  if (storableJson(parsed.data) !== JSON.stringify(parsed.data)) {
    problems.add('config has characters that cannot be stored', path);
    return null;
  }
  return parsed.data;
}

// Never the value: it may be a secret in the wrong place.
function note(issue: z.core.$ZodIssue, problems: Problems): void {
  const at = [path, ...issue.path.map(String)].join('.');
  if (issue.code === 'invalid_value') return problems.add(`${at} must be one of ${issue.values.join(', ')}`, at);
  if (issue.code === 'invalid_type') return problems.add(`${at} must be ${a(issue.expected)}`, at);
  if (issue.code !== 'unrecognized_keys') return problems.add(`${at} ${issue.message}`, at);
  for (const key of issue.keys)
    problems.add(`${at}.${key} is not known here; a client secret or a bind password goes into input.secret`, `${at}.${key}`);
}

const a = (type: string): string => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
