import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { signIn, type Answer } from '../../support/client.js';
import { setTo } from '../../support/settings.js';
import { anOidcProvider } from '../../support/sso/providers.js';
import { startRealProvider } from '../../support/sso/real-provider.js';

const app = await startTestApp({ ROLE: 'api', TRUST_PROXY: 'true' });
const admin = await signIn(app.url);
const real = await startRealProvider([`${app.url}/auth/company/callback`]);
await anOidcProvider(app, admin, { slug: 'company', issuer: real.issuer, onFirstSignIn: 'REFUSE' });
await setTo(app, 'limits.denialsPerMinute', 3, admin);

const get = (path: string, address: string) =>
  fetch(`${app.url}${path}`, { redirect: 'manual', headers: { 'x-forwarded-for': address, cookie: 'signalbox_browser=any' } });
const mutate = async (mutation: string, address: string) => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ query: `mutation { ${mutation} }` }),
  });
  return (await response.json()) as Answer;
};
const times = <Result>(count: number, work: () => Promise<Result>) =>
  Array.from({ length: count }, () => work).reduce<Promise<Result[]>>(
    async (before, next) => [...(await before), await next()],
    Promise.resolve([]),
  );

test('who comes back from no provider again and again fills no audit trail', async () => {
  const { result, changes } = await recording(app, () => times(6, () => get('/auth/company/callback?state=1', '198.51.100.1')));

  expect(result.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401]);
  expect(changes.map(({ action }) => action)).toEqual(['login_failed', 'login_failed', 'login_failed']);
});

test('who begins to sign in again and again has to wait, while others begin', async () => {
  const { result, changes } = await recording(app, () => times(5, () => get('/auth/company/start', '198.51.100.2')));

  expect(result.map(({ status }) => status)).toEqual([303, 303, 303, 429, 429]);
  expect(changes.map(({ action }) => action)).toEqual(['identity.sso.started', 'identity.sso.started', 'identity.sso.started']);
  expect(await rowsOf(app, sql`select 1 from sso_requests`)).toHaveLength(3);
  const begin = 'startSso(input: { provider: "company", returnTo: "/" }) { authorizationUrl }';
  expect((await mutate(begin, '198.51.100.2')).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
  expect((await mutate(begin, '198.51.100.3')).errors).toBeUndefined();
});

test.each([
  ['verifyUser', 'verifyUser(input: { token: "made up" }) { username }', '198.51.100.4'],
  ['resetPassword', 'resetPassword(input: { token: "made up", newPassword: "short" }) { username }', '198.51.100.5'],
  ['acceptInvitation', 'acceptInvitation(input: { token: "made up", username: "a", password: "short" }) { username }', '198.51.100.6'],
])('%s refuses a made-up token before it looks at a password, and records a few of many', async (_, mutation, address) => {
  const { result, changes } = await recording(app, () => times(6, () => mutate(mutation, address)));

  for (const { errors } of result) expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(changes.map(({ action }) => action)).toEqual(['account_link_refused', 'account_link_refused', 'account_link_refused']);
});
