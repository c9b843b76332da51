import { FilterParser, SizeLimitExceededError } from 'ldapts';
import type { Services } from '#core/feed/services.js';
import type { AuthProvider } from './auth-provider.entity.js';
import { bindAsService } from './bind-as-service.js';
import { inDirectory } from './in-directory.js';
import type { LdapConfig } from './ldap-config.js';

/** Connects to a directory, binds as Signalbox does and looks for somebody; says what it found. */
export function tryDirectory(provider: AuthProvider, services: Services): Promise<string> {
  const config = provider.config as LdapConfig;
  return inDirectory(config, async (client) => {
    await bindAsService(client, provider, services);
    const filter = FilterParser.parseString(config.userFilter);
    const isThere = await client.search(config.baseDn, { filter, attributes: ['1.1'], sizeLimit: 1, timeLimit: 5 }).then(
      ({ searchEntries }) => searchEntries.length > 0,
      (error: unknown) => {
        if (error instanceof SizeLimitExceededError) return true;
        throw error;
      },
    );
    if (!isThere) throw new Error(`${config.url} answers, but nobody below ${config.baseDn} fits userFilter`);
    return `${config.url} answers, and there are people below ${config.baseDn}`;
  });
}
