import type { ServerResponse } from 'node:http';
import { base64url } from 'jose';
import { afterEach, expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { signIn } from '../../support/client.js';
import { mutated } from '../../support/mutation.js';
import { SsoBrowser } from '../../support/sso/browser.js';
import { anOidcProvider } from '../../support/sso/providers.js';
import { startRogueProvider, type Forgery } from '../../support/sso/rogue-provider.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signIn(app.url);
const rogue = await startRogueProvider();
const secret = 'the secret of the client';
const { id } = await anOidcProvider(app, admin, { slug: 'rogue', issuer: rogue.issuer, secret });
const begin = `${app.url}/auth/rogue/start`;
const counts = () =>
  rowsOf(
    app,
    sql`select (select count(*) from users) as users, (select count(*) from sessions) as sessions, (select count(*) from sso_identities) as identities`,
  );
const now = (): number => Math.floor(Date.now() / 1000);

afterEach(() => {
  rogue.forgery = {};
  rogue.answers = {};
});

/** Signs in; returns why that was refused, after making sure that nothing was made and the page does not say why. */
async function refusal(browser = new SsoBrowser()): Promise<string> {
  const before = await counts();
  const { result, changes } = await recording(app, () => browser.open(begin));
  expect(result).toMatchObject({ status: 401, page: expect.stringMatching(/could not be signed in|does not answer/) });
  expect(browser.cookiesOf(app.url).signalbox_session).toBeUndefined();
  expect(await counts()).toEqual(before);
  const failed = changes.filter(({ action }) => action !== 'identity.sso.started');
  expect(failed).toMatchObject([
    { action: 'login_failed', outcome: 'FAILURE', details: { provider: 'rogue', reason: failed[0]!.message } },
  ]);
  expect(result.page).not.toContain(failed[0]!.message);
  expect(JSON.stringify(changes)).not.toContain(secret);
  return failed[0]!.message!;
}

const forgeries: Record<string, [Forgery | (() => Forgery), RegExp]> = {
  'is for another client': [{ claims: { aud: 'somebody else' } }, /aud/],
  'is for several clients, and names another as authorized': [{ claims: { aud: ['signalbox', 'other'], azp: 'other' } }, /azp/],
  'is of another issuer': [{ claims: { iss: 'https://evil.example' } }, /iss/],
  'has another nonce': [{ claims: { nonce: 'another' } }, /nonce/],
  'has no nonce': [{ claims: { nonce: undefined } }, /nonce/],
  'has expired longer ago than clocks may differ': [() => ({ claims: { exp: now() - 90 } }), /exp/],
  'is not valid yet': [() => ({ claims: { nbf: now() + 300 } }), /nbf/],
  'has no subject': [{ claims: { sub: undefined } }, /sub/],
  'has an empty subject': [{ claims: { sub: '' } }, /subject/i],
  'is signed with a key that the provider does not show': [() => ({ key: rogue.otherKey }), /signature/i],
  'names a key that the provider does not show': [{ header: { kid: 'two' } }, /key|JWK/],
  'is signed with the client secret': [
    { header: { alg: 'HS256', kid: undefined }, key: new TextEncoder().encode(secret.padEnd(32, '.')) },
    /alg|support/i,
  ],
  'is not signed': [{ token: (good) => `${base64url.encode('{"alg":"none"}')}.${good.split('.')[1]}.` }, /./],
  'has lost its signature': [{ token: (good) => `${good.split('.').slice(0, 2).join('.')}.` }, /signature/i],
  'was changed after it was signed': [
    {
      token: (good) =>
        good
          .split('.')
          .with(
            1,
            base64url.encode(
              JSON.stringify({ ...JSON.parse(new TextDecoder().decode(base64url.decode(good.split('.')[1]!))), sub: 'admin' }),
            ),
          )
          .join('.'),
    },
    /signature/i,
  ],
  'is no token': [{ token: () => 'garbage' }, /./],
};

test.each(Object.entries(forgeries))('an ID token that %s is refused', async (_, [forgery, why]) => {
  rogue.forgery = typeof forgery === 'function' ? forgery() : forgery;

  expect(await refusal()).toMatch(why);
});

const send =
  (body: string, status = 200) =>
  (response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(body);

const misbehaviours: Record<string, [Record<string, (response: ServerResponse) => void>, RegExp]> = {
  'answers the code with garbage': [{ '/token': send('<html>') }, /./],
  'answers the code with no ID token': [{ '/token': send('{"access_token":"x","token_type":"Bearer"}') }, /id_token/],
  'breaks down': [{ '/token': send('{}', 500) }, /./],
  'sends the code on to somewhere else': [
    { '/token': (response) => void response.writeHead(307, { location: 'http://127.0.0.1:1/token' }).end() },
    /./,
  ],
  'answers with more than a mebibyte': [{ '/token': send(JSON.stringify({ access_token: 'x'.repeat(2_000_000) })) }, /bytes/],
  'never ends its answer': [
    {
      '/token': (response) => {
        const timer = setInterval(() => response.write('x'.repeat(100_000)), 1);
        response.once('close', () => clearInterval(timer));
      },
    },
    /bytes/,
  ],
  'breaks the connection off': [{ '/token': (response) => void response.socket!.destroy() }, /./],
  'tells of somebody else in its user info': [{ '/userinfo': send('{"sub":"admin"}') }, /sub/],
  'shows no keys': [{ '/jwks': send('{"keys":[]}') }, /key|JWK/i],
};

test.each(Object.entries(misbehaviours))('a provider that %s signs nobody in', async (_, [answers, why]) => {
  // What the process knows of a provider, it knows for ten minutes; a change lets it ask anew.
  await touched();
  rogue.answers = answers;

  expect(await refusal()).toMatch(why);
});

const touched = async (): Promise<void> => {
  const [{ revision }] = (await rowsOf(app, sql`select revision from auth_providers where id = ${id}`)) as [{ revision: number }];
  await mutated(app, 'updateAuthProvider', { id, expectedRevision: revision, name: `Rogue ${revision}` }, admin);
};

test.each([
  ['garbage', send('<html>'), /./],
  ['the metadata of another issuer', send('{"issuer":"https://evil.example"}'), /issuer/],
  ['a redirect', (response: ServerResponse) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), /./],
  ['too much', send(JSON.stringify({ issuer: 'x'.repeat(2_000_000) })), /bytes/],
])(
  'a provider that answers with %s when it is asked for its metadata signs nobody in, and the test of it says why',
  async (_, answer, why) => {
    await touched();
    rogue.answers = { '/.well-known/openid-configuration': answer };

    expect(await refusal()).toMatch(why);
    const found = await mutated(app, 'testAuthProvider', { id }, admin, 'isWorking message');
    expect(found).toEqual({ isWorking: false, message: expect.stringMatching(why) });
  },
);

test('a provider that sends browsers to plain http elsewhere is not asked for tokens there', async () => {
  await touched();
  const metadata = {
    issuer: rogue.issuer,
    authorization_endpoint: `${rogue.issuer}/authorize`,
    token_endpoint: 'http://tokens.example/token',
    jwks_uri: `${rogue.issuer}/jwks`,
  };
  rogue.answers = { '/.well-known/openid-configuration': send(JSON.stringify(metadata)) };

  expect(await refusal()).toContain('tokens.example is asked over https only');
  await touched();
});

test('a provider that does not answer is waited for ten seconds, and leaves the server free meanwhile', async () => {
  await touched();
  rogue.answers = { '/token': () => {} };
  const began = performance.now();

  const many = Array.from({ length: 30 }, () => new SsoBrowser());
  const attempts = Promise.all(many.map((browser) => browser.open(begin)));
  const other = await signIn(app.url);
  const whileWaiting = performance.now() - began;

  expect(other.token).toBeTruthy();
  expect(whileWaiting).toBeLessThan(9_000);
  expect((await attempts).map(({ status }) => status)).toEqual(many.map(() => 401));
  expect(performance.now() - began).toBeGreaterThan(9_000);
  expect(performance.now() - began).toBeLessThan(25_000);
}, 40_000);

test('a clock that is a minute off does not matter', async () => {
  rogue.forgery = { claims: { exp: now() - 30, iat: now() - 330 } };
  const browser = new SsoBrowser();

  expect(await browser.open(begin)).toMatchObject({ status: 200 });

  rogue.forgery = { claims: { iat: now() + 30, nbf: now() + 30, exp: now() + 330 } };
  expect(await new SsoBrowser().open(begin)).toMatchObject({ status: 200 });
});

test.each([
  ['the user info has another address, and does not say of it that it is verified', 'rogue', { email: 'victim@example.org' }],
  ['the address stands in another claim than the verified one', 'by-upn', { upn: 'victim@example.org' }],
])('an address is not taken for verified when %s', async (_name, slug, userInfo) => {
  if (slug === 'by-upn') await anOidcProvider(app, admin, { slug, issuer: rogue.issuer, secret, emailClaim: 'upn' });
  const sub = `thief by ${slug}`;
  rogue.forgery = { claims: { sub, email: 'thief@example.org', email_verified: true } };
  rogue.answers['/userinfo'] = (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ sub, ...userInfo }));

  expect(await new SsoBrowser().open(`${app.url}/auth/${slug}/start`)).toMatchObject({ status: 200 });

  expect(
    await rowsOf(app, sql`select u.email, u.is_verified from users u join sso_identities i on i.user_id = u.id where i.subject = ${sub}`),
  ).toEqual([{ email: null, is_verified: false }]);
});
