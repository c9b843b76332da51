import type { WriteContext } from '#core/feed/write.js';
import { admitUser } from '../users/admit-user.js';
import type { Attempt } from '../attempts/limit-attempts.js';
import type { OpenedSession } from '../sessions/open-session.js';
import type { SigningKeys } from '../sessions/signing-keys.js';
import { wrongCredentials } from './refuse-sign-in.js';
import { signInByProfile } from './sign-in-by-profile.js';
import type { VerifiedPerson } from './verify-at-directory.js';

/** How a person signs in whom a directory has verified. */
export interface PersonSignIn {
  withCookie: boolean;
  clientInfo?: string | null;
  totpCode?: string | null;
  attempt: Attempt;
}

/** Begins a session of the user who somebody in a directory is, after that has verified the password. */
export const signInAsPerson = (
  context: WriteContext,
  keys: SigningKeys,
  { provider, profile }: VerifiedPerson,
  { withCookie, clientInfo = null, totpCode, attempt }: PersonSignIn,
): Promise<OpenedSession> =>
  signInByProfile(context, keys, {
    providerId: provider.id,
    slug: provider.slug,
    profile,
    publicMessage: wrongCredentials,
    admit: async (user) => {
      await admitUser(context, user, totpCode);
      await attempt.succeeded(context.em);
    },
    withCookie,
    clientInfo,
  });
