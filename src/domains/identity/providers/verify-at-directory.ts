import type { WriteSystem } from '#core/feed/write.js';
import { askDirectory, NotTaken } from './ask-directory.js';
import { AuthProvider } from './auth-provider.entity.js';
import type { Profile } from './profile.js';
import { providerFails, refuseSignIn, wrongCredentials } from './refuse-sign-in.js';
import { whyOf } from './why-of.js';

const mostUsername = 200;
const mostPassword = 1_000;

/** Somebody whom a directory knows by the password that they gave. */
export interface VerifiedPerson {
  provider: AuthProvider;
  profile: Profile;
}

/** Has a directory verify a username and a password; null when Signalbox verifies them itself. Outside any transaction, because it may take its time. */
export async function verifyAtDirectory(
  { database, services }: Pick<WriteSystem, 'database' | 'services'>,
  { provider: slug, username, password }: { provider?: string | null; username: string; password: string },
): Promise<VerifiedPerson | null> {
  if (slug == null) return null;
  const attempt = { provider: slug, name: username };
  const provider = await database.fork().findOne(AuthProvider, { slug });
  if (provider?.kind === 'LOCAL') return null;
  if (!provider || provider.kind === 'OIDC' || !provider.isEnabled)
    throw refuseSignIn(
      attempt,
      wrongCredentials,
      provider?.isEnabled === false ? 'the provider is disabled' : 'no such provider takes passwords',
    );
  // The input counts a character outside of the basic plane once, and is looked at only afterwards.
  if (username.length > mostUsername || password.length > mostPassword)
    throw refuseSignIn(attempt, wrongCredentials, 'the name or the password is too long');
  try {
    return { provider, profile: await askDirectory(provider, services, username, password) };
  } catch (error) {
    if (error instanceof NotTaken) throw refuseSignIn(attempt, wrongCredentials, error.message);
    throw refuseSignIn(attempt, providerFails, whyOf(error));
  }
}
