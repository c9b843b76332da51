import { LockMode } from '@mikro-orm/core';
import type { AccessClaims } from './access-token.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { isUuid, newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can, rightsStream } from '#core/policy/actor.js';
import { RevokedToken } from './revoked-token.entity.js';
import { Session } from './session.entity.js';

// So that a refresh of tokens at the same instant is no conflict, which would keep the session alive.
const locked = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;

/** Ends the caller's own session; the access token that asked is revoked for the rest of its time. */
export async function signOut(context: WriteContext, token: AccessClaims | null): Promise<Session> {
  const session = await context.em.findOneOrFail(Session, { id: context.actor.sessionId! }, locked);
  session.revokedAt ??= context.now;
  if (token) {
    const revoked = new RevokedToken();
    revoked.id = newId(declarationOf(RevokedToken).type);
    revoked.jti = token.jti;
    revoked.expiresAt = token.expiresAt;
    context.em.persist(revoked);
  }
  context.record('logout', session);
  context.touch(rightsStream);
  return session;
}

/** Ends a session, keeping its row: one's own, or with session:revoke anybody's. */
export async function revokeSession(context: WriteContext, id: string): Promise<Session> {
  const { actor, em } = context;
  const session = isUuid(id) ? await em.findOne(Session, { id }, locked) : null;
  if (!session || (session.user.id !== actor.id && !can(actor, 'session:read'))) throw notFound(`Session ${id}`);
  if (session.user.id !== actor.id && !can(actor, 'session:revoke'))
    throw new AppError('FORBIDDEN', 'This needs the permission session:revoke');
  if (session.revokedAt) throw new AppError('PRECONDITION_FAILED', 'The session was ended before');
  session.revokedAt = context.now;
  context.record('identity.session.revoked', session);
  context.touch(rightsStream);
  return session;
}

/** Ends all sessions of a user that are not over yet, one's own or with session:revoke anybody's; returns how many. */
export async function endAllSessions(context: WriteContext, userId: string): Promise<number> {
  if (userId !== context.actor.id && !can(context.actor, 'session:revoke')) throw notFound(`User ${userId}`);
  return isUuid(userId) ? endSessionsOf(context, userId) : 0;
}

/** Ends all sessions of a user that are not over yet, whoever asks; returns how many. */
export async function endSessionsOf(context: WriteContext, userId: string): Promise<number> {
  const live = { user: userId, revokedAt: null, expiresAt: { $gt: context.now } };
  const sessions = await context.em.find(Session, live, { ...locked, orderBy: { id: 'asc' } });
  for (const session of sessions) {
    session.revokedAt = context.now;
    context.record('identity.session.revoked', session);
  }
  context.touch(rightsStream);
  return sessions.length;
}
