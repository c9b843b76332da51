import { randomUUID } from 'node:crypto';
import {
  ConstraintViolationError,
  InappropriateAuthError,
  InvalidCredentialsError,
  NoSuchObjectError,
  UnwillingToPerformError,
  type Client,
} from 'ldapts';
import type { Services } from '#core/feed/services.js';
import { attributeValues } from './attribute-values.js';
import type { AuthProvider } from './auth-provider.entity.js';
import { bindAsService } from './bind-as-service.js';
import { findGroups } from './find-groups.js';
import { findPerson } from './find-person.js';
import { inDirectory } from './in-directory.js';
import type { LdapConfig } from './ldap-config.js';
import type { Profile } from './profile.js';
import { profileOfEntry } from './profile-of-entry.js';
import { whyOf } from './why-of.js';

const disabledFlag = 2;
const refusals = [InvalidCredentialsError, InappropriateAuthError, UnwillingToPerformError, ConstraintViolationError, NoSuchObjectError];

/** Why a directory does not take a name and a password. */
export class NotTaken extends Error {}

/** Asks a directory whether a name and a password fit, and who that is. Throws `NotTaken` when they do not, after as much work as when they do. */
export function askDirectory(provider: AuthProvider, services: Services, username: string, password: string): Promise<Profile> {
  const config = provider.config as LdapConfig;
  const kind = provider.kind === 'AD' ? 'AD' : 'LDAP';
  // To bind without a password is to be nobody, which many directories allow.
  if (username === '' || password === '') throw new NotTaken('the name or the password is empty');
  return inDirectory(config, async (client) => {
    await bindAsService(client, provider, services);
    const entry = await findPerson(client, config, kind, username);
    if (typeof entry === 'string') {
      const dn = `cn=${randomUUID()},${config.baseDn}`;
      await findGroups(client, config, { dn }).catch(() => {});
      await bindAs(client, dn, password).catch(() => {});
      throw new NotTaken(entry === 'none' ? 'the directory knows nobody of this name' : 'the name fits several entries of the directory');
    }
    // Before the bind: whoever signs in may not be allowed to search.
    const groups = await findGroups(client, config, entry);
    await bindAs(client, entry.dn, password);
    if (kind === 'AD' && Number(attributeValues(entry, 'userAccountControl')[0] ?? 0) & disabledFlag)
      throw new NotTaken('the account is disabled in the directory');
    const profile = profileOfEntry(entry, groups, config);
    if (!profile) throw new Error(`the entry has no attribute ${config.subjectAttribute}`);
    return profile;
  });
}

async function bindAs(client: Client, dn: string, password: string): Promise<void> {
  try {
    await client.bind(dn, password);
  } catch (error) {
    throw refusals.some((type) => error instanceof type)
      ? new NotTaken(`the directory does not take the password: ${whyOf(error)}`)
      : error;
  }
}
