import { Denied } from '#core/feed/denied.js';
import type { Origin } from '#core/feed/origin.js';
import { write, type WriteSystem } from '#core/feed/write.js';
import type { OpenedSession } from '../sessions/open-session.js';
import { Authenticator } from '../sessions/authenticate.js';
import { SigningKeys } from '../sessions/signing-keys.js';
import { exchangeCode, type Exchanged } from './exchange-code.js';
import { findSsoProvider } from './find-sso-provider.js';
import { linkSsoIdentity } from './link-sso-identity.js';
import { PublicAddress } from './public-address.js';
import { refuseSignIn } from './refuse-sign-in.js';
import { signInByProfile } from './sign-in-by-profile.js';
import { takeSsoRequest } from './take-sso-request.js';
import { whyOf } from './why-of.js';

/** How a browser comes back from a provider. */
export interface SsoReturn {
  slug: string;
  search: URLSearchParams;
  /** Value of the cookie that binds it. */
  browser: string | null;
}

const tooLate = 'This sign-in was used before, took too long or was begun in another browser: begin again';
const noLuck = 'You could not be signed in by this provider: begin again, or ask an administrator, who finds the reason in the audit trail';

/** Signs a browser in that comes back from a provider, or links its user to whom the provider knows; says where it goes on. */
export async function finishSso(
  system: WriteSystem,
  origin: Origin,
  { slug, search, browser }: SsoReturn,
): Promise<{ opened: OpenedSession | null; returnTo: string }> {
  const attempt = { provider: slug, name: null };
  const state = search.get('state');
  if (state === null) throw refuseSignIn(attempt, tooLate, 'the state is missing');
  if (browser === null) {
    const { url } = system.services.get(PublicAddress);
    throw refuseSignIn(attempt, tooLate, `the cookie of the browser is missing: people have to begin at ${url}, the PUBLIC_URL`);
  }
  const taken = await takeSsoRequest(system, { slug, state, browser });
  if (!taken) throw refuseSignIn(attempt, tooLate, 'the state is unknown, of another browser, too old or was used before');
  const refuse = (error: unknown): never => {
    throw error instanceof Denied ? error : refuseSignIn(attempt, noLuck, whyOf(error));
  };
  const found = await findSsoProvider(system, slug).catch(refuse);
  const exchanged: Exchanged = await exchangeCode(system.services, found, taken, search).catch(refuse);
  if (taken.linksTo !== null) {
    const actor = await system.services.get(Authenticator).bySession(taken.linksTo);
    if (!actor) throw refuseSignIn(attempt, tooLate, 'the session that began it is over');
    await write(system, { ...origin, actor }, (context) => linkSsoIdentity(context, found.provider.id, exchanged, taken.startedAt));
    return { opened: null, returnTo: taken.returnTo };
  }
  const { result } = await write(system, origin, (context) =>
    signInByProfile(context, system.services.get(SigningKeys), {
      providerId: found.provider.id,
      slug,
      profile: exchanged.profile,
      publicMessage: noLuck,
      withCookie: true,
      clientInfo: `sign-in by ${slug}`,
    }),
  );
  return { opened: result, returnTo: taken.returnTo };
}
