import { LockMode, ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { openSession, type OpenedSession } from '../sessions/open-session.js';
import type { SigningKeys } from '../sessions/signing-keys.js';
import { User } from '../users/user.entity.js';
import { waitForRights } from '../roles/wait-for-rights.js';
import { AuthProvider } from './auth-provider.entity.js';
import { firstSignIn, FirstSignInRefused } from './first-sign-in.js';
import { followClaims } from './follow-claims.js';
import { isSubject } from './is-subject.js';
import type { Profile } from './profile.js';
import { refuseSignIn } from './refuse-sign-in.js';
import { SsoIdentity } from './sso-identity.entity.js';

/** Somebody whom a provider knows, and what they get. */
export interface ProfileSignIn {
  providerId: string;
  slug: string;
  profile: Profile;
  /** What they are told when they are refused, whatever the reason is. */
  publicMessage: string;
  withCookie: boolean;
  clientInfo?: string | null;
  /** Asks for what else it takes, such as a second factor; a provider of OpenID Connect asks for its own. */
  admit?: (user: User) => Promise<void>;
}

/** Begins a session of the user who somebody at a provider is; the first time, as the rule of the provider says. */
export async function signInByProfile(
  context: WriteContext,
  keys: SigningKeys,
  { providerId, slug, profile, publicMessage, admit, ...options }: ProfileSignIn,
): Promise<OpenedSession> {
  const { em, now } = context;
  const refuse = (why: string): never => {
    throw refuseSignIn({ provider: slug, name: profile.username ?? profile.subject }, publicMessage, why);
  };
  if (!isSubject(profile.subject)) refuse('the subject cannot be stored');
  await waitForRights(em);
  const provider = (await em.findOne(AuthProvider, { id: providerId, isEnabled: true })) ?? refuse('the provider was disabled meanwhile');
  const known = await em.findOne(SsoIdentity, { provider, subject: profile.subject });
  const { user, isNew } = known
    ? { user: await em.findOneOrFail(User, { id: known.user.id }, { lockMode: LockMode.PESSIMISTIC_WRITE }), isNew: false }
    : await firstSignIn(context, provider, profile).catch((error: unknown) => {
        throw error instanceof FirstSignInRefused ? refuse(error.message) : error;
      });
  if (!user.isActive) refuse(`${user.username} is deactivated`);
  await admit?.(user);
  const identity =
    known ??
    Object.assign(new SsoIdentity(), {
      id: newId(declarationOf(SsoIdentity).type),
      user: ref(user),
      provider: ref(provider),
      subject: profile.subject,
      hasMadeUser: isNew,
    });
  identity.rawAttributes = profile.rawAttributes;
  identity.lastLoginAt = now;
  em.persist(identity);
  if (!known) context.record('identity.ssoIdentity.created', identity);
  await followClaims(context, { user, provider, identity, values: profile.roleValues });
  await em.flush();
  const opened = await openSession(context, keys, user, options);
  context.record('login_success', opened.session, { by: { id: user.id, name: user.username }, details: { provider: slug } });
  return opened;
}
