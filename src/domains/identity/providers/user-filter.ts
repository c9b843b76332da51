import { AndFilter, EqualityFilter, FilterParser, type Filter } from 'ldapts';
import type { LdapConfig } from './ldap-config.js';

/** The filter that finds a person by the name with which they sign in; what they typed is only ever a value. */
export function userFilter({ userFilter: filter, usernameAttribute }: LdapConfig, kind: 'LDAP' | 'AD', username: string): Filter {
  const named =
    kind === 'AD' && username.includes('@')
      ? new EqualityFilter({ attribute: 'userPrincipalName', value: username })
      : new EqualityFilter({ attribute: usernameAttribute, value: kind === 'AD' ? username.replace(/^[^\\]*\\/, '') : username });
  return new AndFilter({ filters: [FilterParser.parseString(filter), named] });
}
