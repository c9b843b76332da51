import type { Entry } from 'ldapts';
import { storableJson, storableText } from '#core/database/sql.js';
import { attributeValues } from './attribute-values.js';
import type { LdapConfig } from './ldap-config.js';
import { normalDn } from './normal-dn.js';
import type { Profile } from './profile.js';

const mostRaw = 20_000;

/** What a directory says of somebody; null when it has no name for them that never changes. */
export function profileOfEntry(entry: Entry, groups: readonly string[], config: LdapConfig): Profile | null {
  const { usernameAttribute, subjectAttribute, emailAttribute, fullNameAttribute, trustsEmail } = config;
  const first = (attribute: string): string | null => {
    const [value] = attributeValues(entry, attribute);
    return value === undefined ? null : storableText(value);
  };
  const subject = first(subjectAttribute);
  if (subject === null) return null;
  const attributes = Object.keys(entry).map((name) => [name, name === 'dn' ? entry.dn : attributeValues(entry, name)]);
  const raw = storableJson({ ...(Object.fromEntries(attributes) as object), groups });
  return {
    subject,
    username: first(usernameAttribute),
    email: first(emailAttribute),
    isEmailVerified: trustsEmail,
    fullName: first(fullNameAttribute),
    roleValues: groups.map(normalDn),
    rawAttributes: raw.length <= mostRaw ? (JSON.parse(raw) as object) : { dn: storableText(entry.dn), isTooLong: true },
  };
}
