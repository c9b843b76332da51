import { FilterParser } from 'ldapts';
import { z } from 'zod';
import { isLoopback } from './is-loopback.js';
import { providerRules } from './provider-rules.js';

const attribute = z.string().regex(/^[A-Za-z][A-Za-z0-9;-]{0,99}$/, 'must be the name of an attribute');
const dn = z.string().min(1).max(1_000);
const filter = z
  .string()
  .max(2_000)
  .refine((value) => isFilter(value), 'must be an LDAP filter such as (objectClass=person)');
const url = z
  .string()
  .max(500)
  .refine((value) => isServer(value), 'must be an address such as ldaps://directory.example.org, without a path and a password');

const isServer = (value: string): boolean => {
  if (!/^ldaps?:\/\//.test(value) || !URL.canParse(value)) return false;
  const { hostname, username, password, pathname, search, hash } = new URL(value);
  return hostname !== '' && ['', '/'].includes(pathname) && !username && !password && !search && !hash;
};

function isFilter(value: string): boolean {
  try {
    FilterParser.parseString(value);
    return true;
  } catch {
    return false;
  }
}

const groups = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('NONE') }),
  z.strictObject({ from: z.literal('ATTRIBUTE'), attribute: attribute.default('memberOf') }),
  z.strictObject({
    from: z.literal('SEARCH'),
    baseDn: dn,
    filter: filter.optional(),
    memberAttribute: attribute.default('member'),
    isNested: z.boolean().default(false),
  }),
]);

const shared = {
  url,
  startTls: z.boolean().default(false),
  ca: z
    .string()
    .max(100_000)
    .regex(/^\s*-----BEGIN CERTIFICATE-----/, 'must be certificates in PEM')
    .optional(),
  allowsPlainText: z.boolean().default(false),
  bindDn: dn.optional(),
  baseDn: dn,
  groups: groups.default({ from: 'ATTRIBUTE', attribute: 'memberOf' }),
  emailAttribute: attribute.default('mail'),
  trustsEmail: z.boolean().default(false),
  ...providerRules,
};

// A password over a network in plain text is everybody's.
const isConfidential = ({ url, startTls, allowsPlainText }: { url: string; startTls: boolean; allowsPlainText: boolean }): boolean =>
  !isServer(url) ||
  new URL(url).protocol === 'ldaps:' ||
  startTls ||
  allowsPlainText ||
  isLoopback(new URL(url.replace(/^ldap/, 'http')).hostname);
const confidential = {
  path: ['startTls'],
  message: 'must be true for an ldap address of another machine, or allowsPlainText says that passwords may be read on the way',
};

/** How a directory is asked over LDAP, and what it makes of people. */
export const ldapConfig = z
  .strictObject({
    ...shared,
    userFilter: filter.default('(objectClass=person)'),
    usernameAttribute: attribute.default('uid'),
    subjectAttribute: attribute.default('entryUUID'),
    fullNameAttribute: attribute.default('cn'),
  })
  .refine(isConfidential, confidential);

/** How Active Directory is asked, and what it makes of people. */
export const adConfig = z
  .strictObject({
    ...shared,
    userFilter: filter.default('(&(objectCategory=person)(objectClass=user))'),
    usernameAttribute: attribute.default('sAMAccountName'),
    subjectAttribute: attribute.default('objectGUID'),
    fullNameAttribute: attribute.default('displayName'),
  })
  .refine(isConfidential, confidential);

/** The configuration of a directory. */
export type LdapConfig = z.output<typeof ldapConfig>;
