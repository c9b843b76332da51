import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { authHeaders, data, graphql, signIn, type Auth } from '../../support/client.js';
import { aMachine } from '../../support/machine.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { SsoBrowser } from '../../support/sso/browser.js';
import { anOidcProvider } from '../../support/sso/providers.js';
import { startRealProvider } from '../../support/sso/real-provider.js';
import { startRogueProvider } from '../../support/sso/rogue-provider.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const slugs = ['company', 'other'];
const { issuer, accounts } = await startRealProvider(slugs.map((slug) => `${app.url}/auth/${slug}/callback`));
for (const name of ['anna-there', 'bert-there', 'carl-there', 'dora-there', 'gina-there', 'second-there'])
  accounts[name] = { preferred_username: name, email: `${name}@example.org`, email_verified: true };
// Nobody gets in who was not in before: linking oneself is how they get in.
const company = await anOidcProvider(app, admin, { slug: 'company', issuer, onFirstSignIn: 'REFUSE' });
await anOidcProvider(app, admin, { slug: 'other', issuer });

const start = async (auth: Auth, browser: SsoBrowser, input: object = { provider: 'company', returnTo: '/?linked' }): Promise<string> => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authHeaders(auth) },
    body: JSON.stringify({
      query: 'mutation($input: StartSsoLinkInput!) { startSsoLink(input: $input) { authorizationUrl } }',
      variables: { input },
    }),
  });
  const answer = (await response.json()) as { data: { startSsoLink: { authorizationUrl: string } } };
  for (const line of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
    browser.setCookie(app.url, name!, value!);
  }
  return answer.data.startSsoLink.authorizationUrl;
};
const identitiesOf = (id: string) =>
  rowsOf(
    app,
    sql`select p.slug, i.subject from sso_identities i join auth_providers p on p.id = i.provider_id where i.user_id = ${id} order by 1, 2`,
  );

test('somebody who is signed in links who they are at a provider, signs in by it from then on, and unlinks it', async () => {
  const anna = await signedIn(app, 'anna');
  const browser = new SsoBrowser('anna-there');
  const { result: visited, changes } = await recording(app, async () => {
    const address = await start(anna, browser);
    const { searchParams } = new URL(address);
    expect([searchParams.get('prompt'), searchParams.get('max_age')]).toEqual(['login', '0']);
    return browser.open(address);
  });

  expect(visited.url).toBe(`${app.url}/?linked`);
  expect(browser.cookiesOf(app.url).signalbox_session).toBeUndefined();
  expect(await identitiesOf(anna.id)).toEqual([{ slug: 'company', subject: 'anna-there' }]);
  expect(changes.map(({ action, outcome, actor_id, session_id }) => [action, outcome, actor_id, session_id])).toEqual([
    ['identity.sso.linkStarted', 'SUCCESS', anna.id, anna.sessionId],
    ['identity.ssoIdentity.created', 'SUCCESS', anna.id, anna.sessionId],
  ]);

  const later = new SsoBrowser('anna-there');
  await later.open(`${app.url}/auth/company/start`);
  const cookie = later.cookiesOf(app.url).signalbox_session!;
  const { me } = await data(app.url, '{ me { username ssoIdentities { nodes { id } } } }', {}, { cookie });
  expect(me.username).toBe('anna');

  await mutated(app, 'unlinkSsoIdentity', { id: me.ssoIdentities.nodes[0].id }, anna);
  expect(await identitiesOf(anna.id)).toEqual([]);
  expect(await new SsoBrowser('anna-there').open(`${app.url}/auth/company/start`)).toMatchObject({ status: 401 });
});

test('who belongs to somebody else there is refused as a conflict, and so is a second one; the same one again changes nothing', async () => {
  const bert = await signedIn(app, 'bert');
  const browser = new SsoBrowser('bert-there');
  await browser.open(await start(bert, browser));

  const thief = await signedIn(app, 'thief');
  const { result, changes } = await recording(app, async () => {
    const again = new SsoBrowser('bert-there');
    return again.open(await start(thief, again));
  });
  expect(result).toMatchObject({ status: 409, page: expect.stringContaining('somebody else here') });
  expect(changes).toMatchObject([
    { action: 'identity.sso.linkStarted' },
    { action: 'identity.ssoIdentity.linkRefused', outcome: 'DENIED', actor_id: thief.id, details: { provider: 'company' } },
  ]);
  expect(await identitiesOf(thief.id)).toEqual([]);

  const second = new SsoBrowser('second-there');
  expect(await second.open(await start(bert, second))).toMatchObject({ status: 409, page: expect.stringContaining('unlink that first') });
  const same = new SsoBrowser('bert-there');
  expect(await same.open(await start(bert, same))).toMatchObject({ status: 200 });
  expect(await identitiesOf(bert.id)).toEqual([{ slug: 'company', subject: 'bert-there' }]);
});

test('the same name at another provider is somebody else', async () => {
  const rita = await signedIn(app, 'rita');
  const browser = new SsoBrowser('bert-there');

  await browser.open(await start(rita, browser, { provider: 'other' }));

  expect(await identitiesOf(rita.id)).toEqual([{ slug: 'other', subject: 'bert-there' }]);
});

test('of two who link the same at the same instant one succeeds', async () => {
  const people = await Promise.all(['racer one', 'racer two'].map((name) => signedIn(app, name)));
  const stopped = await Promise.all(
    people.map(async (auth) => {
      const browser = new SsoBrowser('carl-there');
      return { browser, url: (await browser.open(await start(auth, browser), /\/callback[?]/)).url };
    }),
  );

  const ends = await Promise.all(stopped.map(({ browser, url }) => browser.open(url)));

  expect(ends.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(await rowsOf(app, sql`select 1 from sso_identities where subject = 'carl-there'`)).toHaveLength(1);
});

test('a link that is under way ends with the session that began it, and with the provider', async () => {
  const dora = await signedIn(app, 'dora');
  const under = async (end: () => Promise<unknown>) => {
    const browser = new SsoBrowser('dora-there');
    const { url } = await browser.open(await start(await signIn(app.url, 'dora', 'a password of a test user'), browser), /\/callback[?]/);
    await end();
    return browser.open(url);
  };

  expect(await under(() => mutated(app, 'endAllSessions', {}, dora))).toMatchObject({ status: 401 });
  expect(await under(() => mutated(app, 'disableAuthProvider', { id: company.id }, admin))).toMatchObject({ status: 401 });
  await mutated(app, 'enableAuthProvider', { id: company.id }, admin);
  expect(await under(() => mutated(app, 'deactivateUser', { id: dora.id }, admin))).toMatchObject({ status: 401 });
  expect(await identitiesOf(dora.id)).toEqual([]);
});

test('a browser links nobody that it was not sent for: without the cookie, or as a stranger with the address of somebody else', async () => {
  const mallory = await signedIn(app, 'mallory');
  const address = await start(mallory, new SsoBrowser());
  const victim = new SsoBrowser('second-there');

  expect(await victim.open(address)).toMatchObject({ status: 401 });
  expect(await identitiesOf(mallory.id)).toEqual([]);
});

test('it takes a person with a fresh proof, and a superuser only where the provider is meant for them', async () => {
  const input = { provider: 'company' };
  const erik = await signedIn(app, 'erik', ['operator']);
  expect(await refused(app, 'startSsoLink', input)).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await refused(app, 'startSsoLink', input, await aMachine(app, erik, []))).toMatchObject({ code: 'FORBIDDEN' });
  await rowsOf(app, sql`update sessions set created_at = now() - interval '13 hours' where id = ${erik.sessionId}`);
  expect((await mutate(app, 'startSsoLink', input, erik)).errors![0]!.extensions).toMatchObject({ reason: 'REAUTHENTICATION_REQUIRED' });
  for (const returnTo of ['https://evil.example', '//evil.example', '/\\evil.example'])
    expect(await refused(app, 'startSsoLink', { ...input, returnTo }, admin)).toMatchObject({ code: 'BAD_USER_INPUT' });

  const browser = new SsoBrowser('second-there');
  expect(await browser.open(await start(admin, browser))).toMatchObject({
    status: 401,
    page: expect.stringContaining('not meant for superusers'),
  });
  expect((await graphql(app.url, '{ me { ssoIdentities { totalCount } } }', {}, admin)).data.me.ssoIdentities.totalCount).toBe(0);
});

/** Lets a link that is under way have begun so much later than it did. */
const begunLater = (seconds: number) =>
  rowsOf(app, sql`update sso_requests set expires_at = expires_at + ${seconds} * interval '1 second' where used_at is null`);

test('who was signed in there before and did not do it anew is not linked, also when the browser leaves out that it has to', async () => {
  const gina = await signedIn(app, 'gina');
  const browser = new SsoBrowser('gina-there');
  await browser.open(`${app.url}/auth/other/start`);
  const tampered = async () => {
    const address = new URL(await start(gina, browser));
    address.searchParams.delete('prompt');
    address.searchParams.set('max_age', '9999');
    return address.href;
  };
  const link = async (secondsAgo: number) => {
    const address = await tampered();
    const { url, way } = await browser.open(address, /\/callback[?]/);
    expect(way.filter((each) => each.includes('prompt=login'))).toEqual([]);
    await begunLater(secondsAgo);
    return browser.open(url);
  };

  const { result: refusal, changes } = await recording(app, () => link(70));

  expect(refusal).toMatchObject({
    status: 401,
    page: expect.stringContaining(
      'Provider company says that you signed in there before you began here: begin again, and sign in there anew',
    ),
  });
  expect(changes).toMatchObject([
    { action: 'identity.sso.linkStarted' },
    { action: 'identity.ssoIdentity.linkRefused', outcome: 'DENIED', actor_id: gina.id, details: { provider: 'company' } },
  ]);
  expect(await identitiesOf(gina.id)).toEqual([]);
  // Within what the clocks may differ.
  expect(await link(20)).toMatchObject({ status: 200, url: `${app.url}/?linked` });
  expect(await identitiesOf(gina.id)).toEqual([{ slug: 'company', subject: 'gina-there' }]);
});

test.each([
  ['does not say when', {}, 200, 1],
  ['says that it was just now', { auth_time: 0 }, 200, 1],
  ['says that it was an hour ago', { auth_time: -3_600 }, 401, 0],
  ['says no time', { auth_time: 'just now' }, 401, 0],
])(
  'a sign-in of which the provider %s is linked or refused by that',
  async (what, claims: { auth_time?: string | number }, status, links) => {
    // Numbers are seconds from now.
    const { auth_time: at } = claims;
    const rogue = await startRogueProvider();
    const slug = what.replaceAll(' ', '-');
    await anOidcProvider(app, admin, { slug, issuer: rogue.issuer });
    const user = await signedIn(app, slug);
    const browser = new SsoBrowser();
    rogue.forgery = { claims: typeof at === 'number' ? { auth_time: Math.floor(Date.now() / 1000) + at } : claims };

    expect(await browser.open(await start(user, browser, { provider: slug }))).toMatchObject({ status });

    expect(await identitiesOf(user.id)).toHaveLength(links);
  },
);
