import type { Client, Entry } from 'ldapts';
import { attributeValues } from './attribute-values.js';
import { groupFilter } from './group-filter.js';
import type { LdapConfig } from './ldap-config.js';

const most = 1_000;
const limitSeconds = 5;

/** The groups of somebody, by their distinguished names. */
export async function findGroups(client: Client, { groups }: LdapConfig, entry: Entry): Promise<string[]> {
  if (groups.from === 'NONE') return [];
  if (groups.from === 'ATTRIBUTE') return attributeValues(entry, groups.attribute).slice(0, most);
  const { searchEntries } = await client.search(groups.baseDn, {
    filter: groupFilter(groups, entry.dn),
    attributes: ['1.1'],
    sizeLimit: most,
    timeLimit: limitSeconds,
  });
  return searchEntries.map(({ dn }) => dn);
}
