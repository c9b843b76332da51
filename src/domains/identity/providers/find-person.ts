import { SizeLimitExceededError, type Client, type Entry } from 'ldapts';
import { isBinary } from './attribute-values.js';
import type { LdapConfig } from './ldap-config.js';
import { userFilter } from './user-filter.js';

const limitSeconds = 5;

/** The entry that a name fits and no other does; otherwise how many there are. */
export async function findPerson(
  client: Client,
  config: LdapConfig,
  kind: 'LDAP' | 'AD',
  username: string,
): Promise<Entry | 'none' | 'several'> {
  const { baseDn, usernameAttribute, subjectAttribute, emailAttribute, fullNameAttribute, groups } = config;
  const attributes = [
    usernameAttribute,
    subjectAttribute,
    emailAttribute,
    fullNameAttribute,
    ...(groups.from === 'ATTRIBUTE' ? [groups.attribute] : []),
    ...(kind === 'AD' ? ['userPrincipalName', 'userAccountControl'] : []),
  ];
  try {
    const { searchEntries } = await client.search(baseDn, {
      filter: userFilter(config, kind, username),
      attributes: [...new Set(attributes)],
      explicitBufferAttributes: attributes.filter(isBinary),
      sizeLimit: 2,
      timeLimit: limitSeconds,
    });
    return searchEntries.length > 1 ? 'several' : (searchEntries[0] ?? 'none');
  } catch (error) {
    if (error instanceof SizeLimitExceededError) return 'several';
    throw error;
  }
}
