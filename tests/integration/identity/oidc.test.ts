import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn } from '../../support/client.js';
import { mutated } from '../../support/mutation.js';
import { SsoBrowser } from '../../support/sso/browser.js';
import { anOidcProvider } from '../../support/sso/providers.js';
import { startRealProvider } from '../../support/sso/real-provider.js';
import { aUser } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const slugs = ['company', 'mistyped'];
const real = await startRealProvider(slugs.map((slug) => `${app.url}/auth/${slug}/callback`));
for (const [name, claims] of Object.entries({
  anna: { preferred_username: 'anna', name: 'Anna Berg', email: 'anna@example.org', email_verified: true, groups: ['night', 'ops'] },
  bert: { preferred_username: 'bert', email: 'bert@example.org', email_verified: false },
}))
  real.accounts[name] = claims;
const { issuer } = real;
const company = await anOidcProvider(app, admin, { slug: 'company', issuer });

const begin = (slug: string, returnTo = '/'): string => `${app.url}/auth/${slug}/start?returnTo=${encodeURIComponent(returnTo)}`;
const meOf = async (browser: SsoBrowser) => {
  const cookie = browser.cookiesOf(app.url).signalbox_session;
  return cookie
    ? (
        await data(
          app.url,
          '{ me { username email fullName isVerified isSuperuser roles { nodes { slug } } ssoIdentities { nodes { subject provider { slug } } } } }',
          {},
          { cookie },
        )
      ).me
    : null;
};
const noLuck = 'You could not be signed in by this provider';
const userCount = async (): Promise<number> => Number((await rowsOf(app, sql`select count(*) as n from users`))[0]!.n);

test('somebody signs in by an OpenID Connect provider, with code, PKCE, state and nonce, and has an account from then on', async () => {
  const browser = new SsoBrowser('anna');

  const { result: visited, changes } = await recording(app, () => browser.open(begin('company', '/?tab=jobs')));

  expect(visited).toMatchObject({ status: 200, url: `${app.url}/?tab=jobs` });
  expect(visited.page).toContain('GraphiQL');
  const asked = new URL(visited.way[1]!);
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    client_id: 'signalbox',
    response_type: 'code',
    redirect_uri: `${app.url}/auth/company/callback`,
    scope: 'openid profile email',
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  });
  expect(await meOf(browser)).toEqual({
    username: 'anna',
    email: 'anna@example.org',
    fullName: 'Anna Berg',
    isVerified: true,
    isSuperuser: false,
    roles: { nodes: [] },
    ssoIdentities: { nodes: [{ subject: 'anna', provider: { slug: 'company' } }] },
  });
  expect(changes.map(({ action, outcome }) => [action, outcome])).toEqual([
    ['identity.sso.started', 'SUCCESS'],
    ['identity.user.created', 'SUCCESS'],
    ['identity.ssoIdentity.created', 'SUCCESS'],
    ['login_success', 'SUCCESS'],
  ]);
  const [identity] = await rowsOf(app, sql`select raw_attributes from sso_identities where subject = 'anna'`);
  expect(identity!.raw_attributes).toEqual({ sub: 'anna', ...real.accounts.anna });
  // Neither the cookie, nor the state, nor the code is stored as it is.
  const stored = JSON.stringify([
    await rowsOf(app, sql`select * from sso_requests`),
    await rowsOf(app, sql`select * from sessions`),
    changes,
  ]);
  const secrets = [
    browser.cookiesOf(app.url).signalbox_session,
    browser.cookiesOf(app.url).signalbox_browser,
    asked.searchParams.get('state'),
    asked.searchParams.get('nonce'),
  ];
  for (const secret of secrets) expect(stored).not.toContain(secret);
});

test('the same person has the same account at the next sign-in, whatever the provider calls them then', async () => {
  const before = await userCount();
  real.accounts.anna!.preferred_username = 'anna-married';
  const browser = new SsoBrowser('anna');

  await browser.open(begin('company'));

  expect(await meOf(browser)).toMatchObject({ username: 'anna' });
  expect(await userCount()).toBe(before);
});

test('[toolbox-16] a provider that is disabled signs nobody in from the next request on, not even who was on the way, until it is enabled', async () => {
  const browser = new SsoBrowser('bert');
  const stopped = await browser.open(begin('company'), /\/callback[?]/);

  await mutated(app, 'disableAuthProvider', { id: company.id }, admin);
  const { result: refused, changes } = await recording(app, () => browser.open(stopped.url));

  expect(refused).toMatchObject({ status: 401, page: expect.stringContaining(noLuck) });
  expect(refused.page).not.toContain('/auth/company/start');
  expect(changes).toMatchObject([
    { action: 'login_failed', outcome: 'FAILURE', details: { provider: 'company', reason: expect.stringContaining('no such provider') } },
  ]);
  expect(await new SsoBrowser('bert').open(begin('company'))).toMatchObject({ status: 401 });
  expect((await data(app.url, '{ signInMethods { slug name kind } }')).signInMethods).toEqual([
    { slug: 'local', name: 'Password', kind: 'LOCAL' },
  ]);
  expect(await rowsOf(app, sql`select 1 from users where username = 'bert'`)).toEqual([]);

  await mutated(app, 'enableAuthProvider', { id: company.id }, admin);
  const again = new SsoBrowser('bert');
  expect(await again.open(begin('company'))).toMatchObject({ status: 200 });
  // An address that is not verified could be anybody's.
  expect(await meOf(again)).toMatchObject({ username: 'bert', email: null, isVerified: false });
});

test('a browser comes back once: the second time, without its cookie, in another browser or with another state it is refused', async () => {
  const back = async (change: (browser: SsoBrowser, url: URL) => void) => {
    const browser = new SsoBrowser('anna');
    const url = new URL((await browser.open(begin('company'), /\/callback[?]/)).url);
    change(browser, url);
    const { result, changes } = await recording(app, () => browser.open(url.href));
    expect(changes).toMatchObject([
      { action: 'login_failed', outcome: 'FAILURE', actor_id: null, actor_username: `somebody at ${url.pathname.split('/')[2]}` },
    ]);
    expect(browser.cookiesOf(app.url).signalbox_session).toBeUndefined();
    expect(result.status).toBe(401);
    return changes[0]!.message;
  };
  const taken = 'the state is unknown, of another browser, too old or was used before';

  expect(await back((browser) => browser.setCookie(app.url, 'signalbox_browser', null))).toBe(
    `the cookie of the browser is missing: people have to begin at ${app.url}, the PUBLIC_URL`,
  );
  expect(await back((browser) => browser.setCookie(app.url, 'signalbox_browser', 'a'.repeat(43)))).toBe(taken);
  expect(await back((_, url) => url.searchParams.set('state', 'a'.repeat(43)))).toBe(taken);
  expect(await back((_, url) => url.searchParams.delete('state'))).toBe('the state is missing');
  expect(await back((_, url) => void (url.pathname = '/auth/linking/callback'))).toBe(taken);
  expect(await back((_, url) => url.searchParams.set('code', 'made-up'))).toContain('invalid_grant');
  expect(await back((_, url) => url.searchParams.set('iss', 'http://127.0.0.1:1'))).toContain('iss');

  const browser = new SsoBrowser('anna');
  const { url } = await browser.open(begin('company'), /\/callback[?]/);
  expect(await browser.open(url)).toMatchObject({ status: 200 });
  browser.setCookie(app.url, 'signalbox_session', null);
  expect(await browser.open(url)).toMatchObject({ status: 401 });
  expect(await meOf(browser)).toBeNull();
});

test('where the secret of the client is wrong, a test says so beforehand, and the audit trail what to check', async () => {
  const { id } = await anOidcProvider(app, admin, { slug: 'mistyped', issuer, secret: 'another secret' });
  const why = 'the provider refuses the client: check clientId, secret and clientAuthentication';

  expect(await mutated(app, 'testAuthProvider', { id }, admin, 'isWorking message')).toEqual({
    isWorking: false,
    message: expect.stringContaining(why),
  });
  const { result, changes } = await recording(app, () => new SsoBrowser('anna').open(begin('mistyped')));
  expect(result).toMatchObject({ status: 401, page: expect.stringContaining(noLuck) });
  expect(changes.at(-1)).toMatchObject({ action: 'login_failed', message: expect.stringContaining(why) });
  await mutated(app, 'deleteAuthProvider', { id }, admin);
});

test('of many returns of one browser at the same instant exactly one signs in', async () => {
  const browser = new SsoBrowser('anna');
  const { url } = await browser.open(begin('company'), /\/callback[?]/);
  const cookie = `signalbox_browser=${browser.cookiesOf(app.url).signalbox_browser}`;

  const answers = await Promise.all(Array.from({ length: 8 }, () => fetch(url, { redirect: 'manual', headers: { cookie } })));

  expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array.from({ length: 7 }, () => 401)]);
});

test('a request is good for ten minutes', async () => {
  const browser = new SsoBrowser('anna');
  const { url } = await browser.open(begin('company'), /\/callback[?]/);
  const [row] = await rowsOf(
    app,
    sql`select extract(epoch from expires_at - now()) as seconds from sso_requests where used_at is null order by id desc limit 1`,
  );
  await rowsOf(app, sql`update sso_requests set expires_at = now() where used_at is null`);

  expect(await browser.open(url)).toMatchObject({ status: 401 });
  expect(Number(row!.seconds)).toBeGreaterThan(590);
  expect(Number(row!.seconds)).toBeLessThanOrEqual(600);
  await new SsoBrowser().open(begin('company'), /interaction/);
  expect(await rowsOf(app, sql`select 1 from sso_requests where expires_at < now()`)).toEqual([]);
});

test('a person who refuses at the provider is told to begin again', async () => {
  const browser = new SsoBrowser('anna');
  const { way } = await browser.open(begin('company'), /interaction/);
  const state = new URL(way[1]!).searchParams.get('state')!;

  const { result, changes } = await recording(app, () =>
    browser.open(`${app.url}/auth/company/callback?${new URLSearchParams({ error: 'access_denied', state, iss: issuer })}`),
  );

  expect(result).toMatchObject({ status: 401, page: expect.stringContaining(noLuck) });
  expect(changes).toMatchObject([{ action: 'login_failed', message: expect.stringContaining('access_denied') }]);
});

test.each(['https://evil.example', '//evil.example', '/\\evil.example', '/\t/evil.example', 'jobs', '', '/a\nb', `/${'a'.repeat(2_000)}`])(
  'a browser is not sent on to %j',
  async (returnTo) => {
    const before = await rowsOf(app, sql`select count(*) from sso_requests`);

    const answer = await graphql(app.url, 'mutation($input: StartSsoInput!) { startSso(input: $input) { authorizationUrl } }', {
      input: { provider: 'company', returnTo },
    });

    expect(answer.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', paths: ['input.returnTo'] } }]);
    expect(await rowsOf(app, sql`select count(*) from sso_requests`)).toEqual(before);
  },
);

test('startSso gives a browser the address and the cookie with which it comes back', async () => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'mutation { startSso(input: { provider: "company", returnTo: "/?after" }) { authorizationUrl } }' }),
  });
  const { authorizationUrl } = ((await response.json()) as { data: { startSso: { authorizationUrl: string } } }).data.startSso;
  const [cookie] = response.headers.getSetCookie();
  const browser = new SsoBrowser('anna');
  browser.setCookie(
    app.url,
    'signalbox_browser',
    /^signalbox_browser=([\w-]{43}); Path=\/; HttpOnly; SameSite=Lax; Max-Age=900$/.exec(cookie!)![1]!,
  );

  expect(await browser.open(authorizationUrl)).toMatchObject({ status: 200, url: `${app.url}/?after` });
  expect(await meOf(browser)).toMatchObject({ username: 'anna' });
});

test.each(['local', 'unknown', ''])('startSso refuses %j, to which no browser can be sent', async (provider) => {
  const { errors } = await graphql(app.url, 'mutation($input: StartSsoInput!) { startSso(input: $input) { authorizationUrl } }', {
    input: { provider },
  });

  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', paths: ['input.provider'] } }]);
});

test('the sign-in page offers what is enabled', async () => {
  const page = await (await fetch(app.url)).text();

  expect(page).toContain('<a href="/auth/company/start">Sign in with Provider company</a>');
  expect(page).toContain('name="password"');
});

test('a deactivated user is refused, and the audit trail says why', async () => {
  await rowsOf(app, sql`update users set is_active = false where username = 'anna'`);

  const { result, changes } = await recording(app, () => new SsoBrowser('anna').open(begin('company')));
  await rowsOf(app, sql`update users set is_active = true where username = 'anna'`);

  expect(result).toMatchObject({ status: 401, page: expect.stringContaining(noLuck) });
  expect(result.page).not.toContain('deactivated');
  expect(changes.at(-1)).toMatchObject({ action: 'login_failed', message: 'anna is deactivated' });
});

test('usernames that are taken or cannot be shown get another form', async () => {
  await aUser(app, 'carl');
  real.accounts.c1 = { preferred_username: 'carl' };
  real.accounts.c2 = { preferred_username: ' car\u200bl\u0007 ' };
  real.accounts.c3 = {};
  const names: unknown[] = [];
  for (const account of ['c1', 'c2', 'c3']) {
    const browser = new SsoBrowser(account);
    await browser.open(begin('company'));
    names.push((await meOf(browser))?.username);
  }

  expect(names).toEqual(['carl-2', 'carl-3', 'company-c3']);
});
