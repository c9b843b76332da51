import { ref } from '@mikro-orm/core';
import { buildAuthorizationUrl, calculatePKCECodeChallenge, randomNonce, randomPKCECodeVerifier } from 'openid-client';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { executeSql, sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import type { WriteContext } from '#core/feed/write.js';
import { Refusals } from '#core/feed/refusals.js';
import { callerKey } from '#core/graph/caller-key.js';
import { DenialQuota } from '#core/graph/denial-quota.js';
import { denialsPerMinute } from '#core/graph/limit.settings.js';
import { Settings } from '#core/settings/settings.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { hashToken, newToken } from '#core/secrets/token.js';
import { Session } from '../sessions/session.entity.js';
import { AuthProvider } from './auth-provider.entity.js';
import type { SsoProvider } from './find-sso-provider.js';
import { isOwnPath } from './is-own-path.js';
import type { OidcConfig } from './oidc-config.js';
import { PublicAddress } from './public-address.js';
import { sealedSsoChecks } from './sealed-providers.js';
import { requestMs, SsoRequest } from './sso-request.entity.js';

const tidiedAtOnce = 50;

/** How a browser is sent to a provider. */
export interface SsoStart {
  /** Path that it goes to in the end. */
  returnTo: string;
  /** Value of the cookie that binds it. */
  browser: string | null;
  /** The session whose user is to sign in so from now on; nobody is signed in then. */
  linksTo?: string | null;
}

/** Where a browser goes to sign in at a provider; it comes back within ten minutes, once, and only as the same browser. */
export async function startSso(
  context: WriteContext,
  { provider, client }: SsoProvider,
  { returnTo, browser, linksTo = null }: SsoStart,
): Promise<string> {
  const { em, now, services } = context;
  if (!isOwnPath(returnTo)) throw badInput('returnTo is a path of this server, such as /', 'input.returnTo');
  if (browser === null) throw new AppError('PRECONDITION_FAILED', 'A browser starts to sign in over HTTP, because it needs a cookie');
  limitStarts(context);
  const state = newToken();
  const checks = { nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
  const request = Object.assign(new SsoRequest(), {
    id: newId(declarationOf(SsoRequest).type),
    provider: ref(em.getReference(AuthProvider, provider.id)),
    stateHash: hashToken(state),
    browserHash: hashToken(browser),
    returnTo,
    session: linksTo === null ? null : ref(em.getReference(Session, linksTo)),
    expiresAt: new Date(now.getTime() + requestMs),
  });
  request.sealedChecks = services.get(KeyRing).seal(JSON.stringify(checks), sealedSsoChecks.context(request));
  em.persist(request);
  // Anybody may start as often as they like, so whoever starts tidies up.
  await executeSql(
    em,
    sql`delete from sso_requests where id in (select id from sso_requests where expires_at < now() limit ${tidiedAtOnce} for update skip locked)`,
  );
  context.record(linksTo === null ? 'identity.sso.started' : 'identity.sso.linkStarted', null, { details: { provider: provider.slug } });
  const { scopes } = provider.config as OidcConfig;
  return buildAuthorizationUrl(client, {
    redirect_uri: services.get(PublicAddress).callback(provider.slug),
    scope: scopes.join(' '),
    state,
    nonce: checks.nonce,
    code_challenge: await calculatePKCECodeChallenge(checks.verifier),
    code_challenge_method: 'S256',
    // Who happens to be signed in there in this browser may be somebody else. With an age, the ID token says when they signed in.
    ...(linksTo !== null && { prompt: 'login', max_age: '0' }),
  }).href;
}

// Each start is recorded, and nobody has to be anybody for it.
function limitStarts({ services, actor, sourceIp }: WriteContext): void {
  const quota = services.get(DenialQuota).take(`start ${callerKey({ actor, sourceIp })}`, services.get(Settings).value(denialsPerMinute));
  if ('leftOut' in quota) return;
  services.get(Refusals).count('attempts');
  throw new AppError('RATE_LIMITED', 'Too many sign-ins were begun from here: try again in a minute', { retryAfterMs: 60_000 });
}
