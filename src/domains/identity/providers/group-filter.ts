import { AndFilter, EqualityFilter, ExtensibleFilter, FilterParser, type Filter } from 'ldapts';
import type { LdapConfig } from './ldap-config.js';

const inChain = '1.2.840.113556.1.4.1941';

/** The filter that finds the groups of a person; nested, as only Active Directory can, also those that hold a group that holds them. */
export function groupFilter({ memberAttribute, isNested, filter }: Extract<LdapConfig['groups'], { from: 'SEARCH' }>, dn: string): Filter {
  const member = isNested
    ? new ExtensibleFilter({ matchType: memberAttribute, rule: inChain, value: dn })
    : new EqualityFilter({ attribute: memberAttribute, value: dn });
  return filter === undefined ? member : new AndFilter({ filters: [FilterParser.parseString(filter), member] });
}
