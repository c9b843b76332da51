import { LockMode, ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { ErrorCode } from '#core/errors/app-error.js';
import { Denied } from '#core/feed/denied.js';
import type { WriteContext } from '#core/feed/write.js';
import { findSelf } from '../users/find-self.js';
import { findLastingSession } from '../sessions/find-lasting-session.js';
import { waitForRights } from '../roles/wait-for-rights.js';
import { AuthProvider } from './auth-provider.entity.js';
import { isSubject } from './is-subject.js';
import type { Exchanged } from './exchange-code.js';
import type { OidcConfig } from './oidc-config.js';
import { SsoIdentity } from './sso-identity.entity.js';

/**
 * Lets the caller sign in by a provider from now on, as whom it has just said they are there. They have to have shown that after the link
 * was begun, as far as the provider says when they did. Roles that follow from the link come with the sign-in.
 */
export async function linkSsoIdentity(
  context: WriteContext,
  providerId: string,
  { profile, authTime }: Exchanged,
  startedAt: Date,
): Promise<void> {
  const { em, now } = context;
  await waitForRights(em);
  const user = await findSelf(context, LockMode.PESSIMISTIC_WRITE);
  const provider = await em.findOneOrFail(AuthProvider, { id: providerId });
  const { slug, name } = provider;
  const { clockToleranceSeconds, linksSuperusers } = provider.config as OidcConfig;
  const refuse = (code: ErrorCode, message: string): never => {
    throw new Denied(code, message, {
      action: 'identity.ssoIdentity.linkRefused',
      by: { id: user.id, name: user.username },
      outcome: 'DENIED',
      details: { provider: slug },
    });
  };
  // Whoever ended it ended this as well.
  if (!(await findLastingSession(context))) refuse('UNAUTHENTICATED', 'The session is over: sign in again');
  if (!provider.isEnabled) refuse('PRECONDITION_FAILED', `${name} was disabled meanwhile`);
  // The browser was told to have them sign in anew, but whoever has the browser can leave that out.
  if (authTime !== null && authTime + clockToleranceSeconds < Math.floor(startedAt.getTime() / 1_000))
    refuse('UNAUTHENTICATED', `${name} says that you signed in there before you began here: begin again, and sign in there anew`);
  if (!isSubject(profile.subject)) refuse('PRECONDITION_FAILED', `What ${name} calls you cannot be stored`);
  if (user.isSuperuser && !linksSuperusers) refuse('FORBIDDEN', `${name} is not meant for superusers`);
  const taken = await em.find(SsoIdentity, { provider, $or: [{ subject: profile.subject }, { user }] });
  if (taken.some((each) => each.user.id !== user.id)) refuse('CONFLICT', `Whom ${name} knows as this is somebody else here`);
  if (taken.some((each) => each.subject !== profile.subject))
    refuse('CONFLICT', `You are somebody else at ${name} already: unlink that first`);
  if (taken.length > 0) return context.record('identity.ssoIdentity.linkUnchanged', taken[0]!);
  const identity = Object.assign(new SsoIdentity(), {
    id: newId(declarationOf(SsoIdentity).type),
    user: ref(user),
    provider: ref(provider),
    subject: profile.subject,
    rawAttributes: profile.rawAttributes,
    lastLoginAt: now,
  });
  em.persist(identity);
  context.record('identity.ssoIdentity.created', identity, { severity: 'MEDIUM', details: { provider: slug } });
}
