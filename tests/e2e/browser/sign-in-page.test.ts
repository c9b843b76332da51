import { expect, test, vi } from 'vitest';
import { startTestApp } from '../../support/app.js';
import { data, signIn } from '../../support/client.js';
import { mutated } from '../../support/mutation.js';
import { anOidcProvider } from '../../support/sso/providers.js';
import { startRealProvider } from '../../support/sso/real-provider.js';
import { needBrowser, Person } from '../support/browser.js';

needBrowser();
vi.setConfig({ testTimeout: 120_000 });

const app = await startTestApp({ ROLE: 'api' });

test('a person chooses a provider on the sign-in page, shows there who they are, and is signed in', async () => {
  const admin = await signIn(app.url);
  const real = await startRealProvider([`${app.url}/auth/company/callback`]);
  real.accounts.anna = { preferred_username: 'anna', name: 'Anna Berg' };
  await anOidcProvider(app, admin, { slug: 'company', issuer: real.issuer });
  const config = { url: 'ldaps://directory.example.org', baseDn: 'dc=example,dc=org', onFirstSignIn: 'CREATE' };
  await mutated(app, 'createAuthProvider', { slug: 'directory', name: 'Directory', kind: 'LDAP', config, isEnabled: true }, admin);
  const person = await Person.sitDown();
  const { page } = person;

  await page.goto(app.url);
  expect(await page.getByLabel('Sign in by').locator('option').allInnerTexts()).toEqual(['Password', 'Directory']);
  await person.screenshot('sign-in-page');
  await page.getByRole('link', { name: 'Sign in with Provider company' }).click();
  await page.locator('input[name=login]').fill('anna');
  await page.locator('input[name=password]').fill('any');
  await page.getByRole('button').click();
  await page.getByRole('button', { name: 'Continue' }).click();

  await expect.poll(() => page.locator('#bar-user').innerText(), { timeout: 60_000 }).toBe('anna');
  expect(page.url()).toBe(`${app.url}/`);
});

test('the sign-in page signs in with a password', async () => {
  const { page } = await Person.sitDown();

  await page.goto(app.url);
  await page.getByLabel('Username').fill('admin');
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect.poll(() => page.getByRole('alert').innerText()).toBe('The username or the password is wrong');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery staple');
  await page.getByRole('button', { name: 'Sign in' }).click();

  await expect.poll(() => page.locator('#bar-user').innerText(), { timeout: 60_000 }).toBe('admin');
});

test.each([
  ['with JavaScript', true],
  ['without JavaScript', false],
])('the button behind a sign-in link signs in once, %s', async (_how, javaScriptEnabled) => {
  const admin = await signIn(app.url);
  const username = `linked ${javaScriptEnabled}`;
  const { signInPath } = await mutated(app, 'createUser', { username }, admin, 'signInPath');
  const person = await Person.sitDown({ javaScriptEnabled });
  const { page } = person;
  const cookie = async () => (await page.context().cookies()).find(({ name }) => name === 'signalbox_session')?.value;

  await page.goto(`${app.url}${signInPath}`);
  await person.screenshot('sign-in-link');
  await page.reload();
  expect(await cookie()).toBeUndefined();
  await person.press('Sign in');

  await expect.poll(cookie, { timeout: 30_000 }).toBeDefined();
  expect(await data(app.url, '{ me { username } }', {}, { cookie: (await cookie())! })).toEqual({ me: { username } });
  await page.goto(`${app.url}${signInPath}`);
  await person.press('Sign in');
  await expect.poll(() => page.getByRole('alert').innerText()).toContain('The link was used before or is too old');
});
