import { expect, test } from 'vitest';
import { groupFilter } from './group-filter.js';
import type { LdapConfig } from './ldap-config.js';
import { userFilter } from './user-filter.js';

const groups = { from: 'SEARCH', baseDn: 'dc=example', memberAttribute: 'member', isNested: false } as const;
const config = { userFilter: '(objectClass=user)', usernameAttribute: 'sAMAccountName' } as LdapConfig;

test('nested groups are asked for by the rule of Active Directory, with the name of the entry as a value', () => {
  const dn = 'cn=Anna (Berg)*,dc=example';

  expect(groupFilter(groups, dn).toString()).toBe('(member=cn=Anna \\28Berg\\29\\2a,dc=example)');
  expect(groupFilter({ ...groups, isNested: true, filter: '(objectClass=group)' }, dn).toString()).toBe(
    '(&(objectClass=group)(member:1.2.840.113556.1.4.1941:=cn=Anna \\28Berg\\29\\2a,dc=example))',
  );
});

test.each([
  ['anna', '(&(objectClass=user)(sAMAccountName=anna))'],
  ['CORP\\anna', '(&(objectClass=user)(sAMAccountName=anna))'],
  ['anna@corp.example', '(&(objectClass=user)(userPrincipalName=anna@corp.example))'],
  ['*)(cn=*', '(&(objectClass=user)(sAMAccountName=\\2a\\29\\28cn=\\2a))'],
])('Active Directory is asked for %j', (name, filter) => {
  expect(userFilter(config, 'AD', name).toString()).toBe(filter);
});
