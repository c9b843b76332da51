import type { WriteContext } from '#core/feed/write.js';
import { findSelf } from '../users/find-self.js';
import { requireProof } from '../sessions/require-proof.js';
import type { SsoProvider } from './find-sso-provider.js';
import { startSso, type SsoStart } from './start-sso.js';

/** Where a browser goes so that the caller can sign in by a provider from then on. */
export async function startSsoLink(context: WriteContext, found: SsoProvider, start: Omit<SsoStart, 'linksTo'>): Promise<string> {
  // A way in that outlives the session: one that was left open must not be enough.
  await requireProof(context);
  await findSelf(context);
  return startSso(context, found, { ...start, linksTo: context.actor.sessionId });
}
