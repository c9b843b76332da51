import { expect, test } from 'vitest';
import { startTestApp } from '../../support/app.js';
import { authHeaders, signIn, type Auth } from '../../support/client.js';
import { mutated } from '../../support/mutation.js';
import { eventually } from '../../support/probe.js';
import { useSignInLink } from '../../support/sign-in-link.js';

const app = await startTestApp({ ROLE: 'api', NODE_ENV: 'production', ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') });
const admin = await signIn(app.url);

/** What a browser gets at the address of the server. */
async function start(auth: Auth = {}) {
  const response = await fetch(app.url, { headers: authHeaders(auth) });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), text };
}

/** Follows the link that signs a new user in, as a browser does. */
async function arrive(username: string): Promise<Auth> {
  const { signInPath } = await mutated(app, 'createUser', { username }, admin, 'signInPath');
  const response = await useSignInLink(`${app.url}${signInPath}`);
  expect(response.headers.get('location')).toBe('/account/password');
  return { cookie: /signalbox_session=([^;]+);/.exec(response.headers.get('set-cookie')!)![1]! };
}

test.each([
  ['nobody', {}],
  ['an unknown cookie', { cookie: 'made-up' }],
  ['an unknown token', { token: 'made-up' }],
])('with GraphiQL switched off, %s gets the sign-in page', async (_who, auth) => {
  const { status, type, text } = await start(auth);

  expect({ status, type }).toEqual({ status: 200, type: 'text/html; charset=utf-8' });
  expect(text).toContain('<title>Sign in · Signalbox</title>');
  expect(text).toContain('name="password"');
});

test('with GraphiQL switched off, whoever is signed in gets a text that says so and who is signed in, until it is switched on', async () => {
  const anna = await arrive('<b>anna</b>');

  expect(await start(anna)).toEqual({
    status: 200,
    type: 'text/plain; charset=utf-8',
    text: 'You are signed in as <b>anna</b>. GraphiQL is switched off here: the setting graph.graphiql switches it on.\n',
  });

  await mutated(app, 'setSetting', { key: 'graph.graphiql', value: true, expectedRevision: 1 }, admin);
  const { text } = await eventually(
    'GraphiQL',
    () => start(anna),
    ({ type }) => type === 'text/html; charset=utf-8',
  );
  expect(text).toContain('<title>Signalbox</title>');
});

const passwordPage = async (auth: Auth = {}) => {
  const response = await fetch(`${app.url}/account/password`, { headers: authHeaders(auth) });
  const page = await response.text();
  return {
    status: response.status,
    title: /<title>(.*) · Signalbox/.exec(page)![1],
    username: /<input value="(.*)" autocomplete="username" readonly>/.exec(page)?.[1],
    asksForPresent: page.includes('name="currentPassword"'),
  };
};

test('the page for the own password asks for the present one where there is one, and a stranger to sign in', async () => {
  const bert = await arrive('"bert"');

  expect(await passwordPage()).toMatchObject({ status: 200, title: 'Sign in' });
  expect(await passwordPage({ cookie: 'made-up' })).toMatchObject({ status: 200, title: 'Sign in' });
  expect(await passwordPage(bert)).toEqual({
    status: 200,
    title: 'Choose a password',
    username: '&#34;bert&#34;',
    asksForPresent: false,
  });
  expect(await passwordPage(admin)).toEqual({ status: 200, title: 'Change your password', username: 'admin', asksForPresent: true });
});
