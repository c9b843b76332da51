import { expect, test, vi } from 'vitest';
import { data, signIn } from '../../support/client.js';
import { startTestApp } from '../../support/app.js';
import { startMailbox, startMailingApp } from '../../support/mailbox.js';
import { mutated } from '../../support/mutation.js';
import { codeOf, confirmTotp } from '../../support/totp.js';
import { aUser } from '../../support/users.js';
import { needBrowser, Person } from '../support/browser.js';

needBrowser();
vi.setConfig({ testTimeout: 120_000 });

test('somebody who forgot the password sets a new one by the link in the mail, and signs in with a code of the app', async () => {
  const mailbox = await startMailbox();
  const app = await startMailingApp(mailbox);
  await aUser(app, 'bea', [], { email: 'bea@example.org' });
  const { page } = await Person.sitDown();

  await page.goto(app.url);
  await page.getByText('Forgot the password?').click();
  await page.getByLabel('Username or email address').fill('bea');
  await page.getByRole('button', { name: 'Send a link' }).click();
  await expect.poll(() => page.getByRole('alert').innerText(), { timeout: 30_000 }).toContain('a link is on its way');

  const mail = await mailbox.next('bea@example.org');
  await page.goto(/^http\S+$/m.exec(mail.text)![0]);
  await expect.poll(() => page.url()).toBe(`${app.url}/account/reset`);
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await expect.poll(() => page.getByRole('alert').innerText(), { timeout: 30_000 }).toContain('Sign in as bea.');

  const bea = await signIn(app.url, 'bea', 'correct horse battery');
  const { startTotp } = await data(app.url, 'mutation { startTotp { secret } }', {}, bea);
  await confirmTotp(app, bea, startTotp.secret);
  await page.getByText('To the sign-in').click();
  await page.getByLabel('Username').fill('bea');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Code').fill(codeOf(startTotp.secret));
  await page.getByRole('button', { name: 'Sign in' }).click();
  const session = async () => (await page.context().cookies()).find(({ name }) => name === 'signalbox_session')?.value;
  await expect.poll(session, { timeout: 30_000 }).toBeDefined();
  expect(await data(app.url, '{ me { username } }', {}, { cookie: (await session())! })).toEqual({ me: { username: 'bea' } });
});

test('somebody who comes by a sign-in link chooses a password there, also in production, and changes it later', async () => {
  const app = await startTestApp({ ROLE: 'api', NODE_ENV: 'production', ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') });
  const { signInPath } = await mutated(app, 'createUser', { username: 'cleo' }, await signIn(app.url), 'signInPath');
  const person = await Person.sitDown();
  const { page } = person;
  const says = (words: string) => expect.poll(() => page.getByRole('alert').innerText(), { timeout: 30_000 }).toBe(words);

  await person.signInByLink(`${app.url}${signInPath}`);
  await expect.poll(() => page.url()).toBe(`${app.url}/account/password`);
  await person.screenshot('choose-a-password');
  expect(await page.getByLabel('Username').inputValue()).toBe('cleo');
  await page.getByLabel('New password').fill('correct horse battery');
  await person.press('Set the password');
  await says('The password of cleo is set. Whoever was signed in elsewhere is so no more.');
  expect(person.complaints).toEqual([]);
  await person.followTo('Go on');
  await expect.poll(() => page.locator('body').innerText()).toContain('You are signed in as cleo.');

  await page.goto(`${app.url}/account/password`);
  await page.getByLabel('Present password').fill('another');
  await page.getByLabel('New password').fill('a better horse battery');
  await person.press('Set the password');
  await says('The current password is wrong');
  await page.getByLabel('Present password').fill('correct horse battery');
  await person.press('Set the password');
  await says('The password of cleo is set. Whoever was signed in elsewhere is so no more.');
  expect((await signIn(app.url, 'cleo', 'a better horse battery')).token).toBeTruthy();
});
