import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { authorize } from '#core/policy/actor.js';
import { Settings } from '#core/settings/settings.js';
import { reauthenticationMinutes } from '../accounts/account.settings.js';
import { findLastingSession } from './find-lasting-session.js';

/**
 * Refuses a sensitive operation when it is too long ago that the user of the session proved who they are. Whoever comes without a session
 * proves nothing: a token may lie in a file that somebody found. Only Signalbox itself, such as its command line, needs no proof.
 * To be called once the row of the caller is locked where what is made would outlive the session: whoever ends all access locks it too.
 */
export async function requireProof(context: WriteContext): Promise<void> {
  const { actor, now, services } = context;
  if (actor.kind === 'system') return;
  authorize(actor, 'signedIn', 'inPerson');
  if (actor.sessionId === null) throw new AppError('FORBIDDEN', 'This takes a person who is signed in');
  const session = await findLastingSession(context);
  if (!session) throw new AppError('UNAUTHENTICATED', 'The session is over: sign in again');
  const minutes = services.get(Settings).value(reauthenticationMinutes);
  if (minutes === 0) return;
  if ((session.reauthenticatedAt ?? session.createdAt).getTime() > now.getTime() - minutes * 60_000) return;
  throw new AppError('FORBIDDEN', 'Show first that it is you, with reauthenticateSession: the last proof is too old for this', {
    reason: 'REAUTHENTICATION_REQUIRED',
  });
}
