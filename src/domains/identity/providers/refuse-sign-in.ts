import { storableText } from '#core/database/sql.js';
import { Denied } from '#core/feed/denied.js';

/** What everybody is told whose username and password do not fit, whatever the reason is. */
export const wrongCredentials = 'The username or the password is wrong';

/** What everybody is told while a provider does not answer as it should. */
export const providerFails = 'The provider does not answer as it should: try again later, or tell an administrator';

/** Who tried to sign in, by which provider. */
export interface Attempt {
  readonly provider: string;
  /** The name that was given; null while nobody has said one. */
  readonly name: string | null;
}

/** The refusal of a sign-in by a provider: the caller is told `message`, the audit trail also why. */
export const refuseSignIn = ({ provider, name }: Attempt, message: string, why: string): Denied =>
  new Denied('UNAUTHENTICATED', message, {
    action: 'login_failed',
    by: { id: null, name: storableText(name ?? `somebody at ${provider}`).slice(0, 200) },
    why: storableText(why).slice(0, 500),
    details: { provider: storableText(provider).slice(0, 200), reason: storableText(why).slice(0, 500) },
    // Tries under a name are bounded already; without one, anybody can make as many as they like.
    isCounted: name === null,
  });
