import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { authorize, type Access, type Actor } from '#core/policy/actor.js';
import { findActor } from './find-actor.js';
import { findLastingSession } from '../sessions/find-lasting-session.js';
import { narrowToToken } from '../tokens/narrow-to-token.js';
import { waitForRights } from './wait-for-rights.js';

/** Waits for the lock of the rights. Returns the actor as it is now, who has the access: what the request began with may be a second old. */
export async function lockRights(context: WriteContext, access: Access): Promise<Actor> {
  const { em, actor, services } = context;
  await waitForRights(em);
  const person = actor.id === null ? actor : await findActor(em, actor.id, services);
  const now = person && actor.apiToken ? narrowToToken(person, actor.apiToken) : person;
  const isOver = actor.sessionId !== null && !(await findLastingSession(context));
  if (!now || isOver) throw new AppError('UNAUTHENTICATED', 'The session is over: sign in again');
  authorize(now, access);
  return now;
}
