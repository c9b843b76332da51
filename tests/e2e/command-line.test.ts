import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { Settings } from '#core/settings/settings.js';
import { startTestApp } from '../support/app.js';
import { data, graphql, signIn } from '../support/client.js';
import { emptyDatabase } from '../support/database.js';
import { mutated } from '../support/mutation.js';
import { eventually, isRunning, openSql } from '../support/probe.js';
import { codeOf } from '../support/totp.js';
import { useSignInLink } from '../support/sign-in-link.js';
import { answerHere, answerOf, command, commandHere } from './support/command.js';
import { aDataDir, databaseProcess, startProbeServer, stop } from './support/process.js';

vi.setConfig({ testTimeout: 60_000 });

const app = await startTestApp();
const sql = await openSql(app.databaseUrl);
const settings = { DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir, PUBLIC_URL: app.url };
const folder = await mkdtemp(join(tmpdir(), 'signalbox-commands-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const signInWith = (username: string, password: string) =>
  graphql(app.url, 'mutation($input: SignInInput!) { signIn(input: $input) { accessToken } }', { input: { username, password } });

test('an administrator is created with a link that signs in once, and it is recorded who did it', async () => {
  const { link, username } = await answerOf(['user', 'create-admin', 'eve'], settings);

  expect(username).toBe('eve');
  expect(link).toMatch(new RegExp(`^${app.url}/sign-in\\?token=\\S+$`));
  const first = await useSignInLink(link);
  expect([first.status, first.headers.get('set-cookie')]).toEqual([303, expect.stringContaining('signalbox_session=')]);
  expect((await useSignInLink(link)).headers.get('set-cookie')).toBeNull();
  expect(
    await sql(
      `select actor_id, actor_username, position is not null as sequenced from changes where action = 'identity.user.created' and actor_username <> 'signalbox'`,
    ),
  ).toEqual([{ actor_id: null, actor_username: 'command line', sequenced: true }]);
});

test('a password is read from standard input, and ends every session of the user on the running server', async () => {
  await answerHere(['user', 'create-admin', 'frank', '--password-stdin'], settings, 'the first password\n');
  const { token } = await signIn(app.url, 'frank', 'the first password');
  expect(await data(app.url, '{ me { username } }', {}, { token })).toEqual({ me: { username: 'frank' } });

  await answerHere(['user', 'reset-password', 'frank', '--password-stdin'], settings, 'the second password\n');

  await eventually(
    'the end of the session',
    () => graphql(app.url, '{ me { username } }', {}, { token }),
    (answer) => answer.errors?.[0]?.extensions.code === 'UNAUTHENTICATED',
  );
  expect((await signInWith('frank', 'the first password')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  expect((await signInWith('frank', 'the second password')).errors).toBeUndefined();
});

test('a bad password and an unknown user change nothing, and the reason is one line', async () => {
  const count = () => sql('select count(*)::int as n from changes');
  const before = await count();

  expect(await command(['user', 'reset-password', 'frank', '--password-stdin'], settings, 'short\n')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'signalbox user reset-password: A password has 12 to 256 characters\n',
  });
  expect(await commandHere(['user', 'unlock', 'nobody'], settings)).toMatchObject({
    code: 1,
    stderr: 'signalbox user unlock: There is no user "nobody"\n',
  });

  expect(await count()).toEqual(before);
});

test('a deactivated user is let in again', async () => {
  await answerHere(['user', 'create-admin', 'gus', '--password-stdin'], settings, 'a long enough password');
  await sql(`update users set is_active = false where username = 'gus'`);
  expect((await signInWith('gus', 'a long enough password')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');

  await commandHere(['user', 'unlock', 'gus'], settings);

  expect((await signInWith('gus', 'a long enough password')).errors).toBeUndefined();
  const { stdout } = await commandHere(['user', 'list'], settings);
  expect(stdout).toMatch(/^gus +- +yes +yes +yes +admin +\d{4}-\S+$/m);
});

test('a second factor that was lost is ended, and the password is enough again', async () => {
  await answerOf(['user', 'create-admin', 'tia', '--password-stdin'], settings, 'a long enough password');
  const { accessToken } = (await signInWith('tia', 'a long enough password')).data.signIn as { accessToken: string };
  const { startTotp } = await data(app.url, 'mutation { startTotp { secret } }', {}, { token: accessToken });
  await mutated(app, 'confirmTotp', { code: codeOf(startTotp.secret) }, { token: accessToken });
  expect((await signInWith('tia', 'a long enough password')).errors?.[0]?.extensions).toMatchObject({ reason: 'TOTP_REQUIRED' });

  await commandHere(['user', 'disable-totp', 'tia'], settings);

  expect((await signInWith('tia', 'a long enough password')).errors).toBeUndefined();
  expect(await commandHere(['user', 'disable-totp', 'tia'], settings)).toMatchObject({
    code: 1,
    stderr: 'signalbox user disable-totp: tia has no second factor\n',
  });
});

test('a setting that is set takes effect on the running server, and resetting it too', async () => {
  const effective = () => app.system.services.get(Settings).valueOf('jobs.retentionDays');

  expect(await commandHere(['setting', 'set', 'jobs.retentionDays', '12'], settings)).toMatchObject({
    code: 0,
    stdout: 'jobs.retentionDays is set.\n',
  });
  await eventually('the setting', effective, (value) => value === 12, 4_000);
  expect((await commandHere(['setting', 'get', 'jobs.retentionDays'], settings)).stdout).toBe('12\n');
  expect((await commandHere(['setting', 'set', 'jobs.retentionDays', 'many'], settings)).stderr).toMatch(
    /^signalbox setting set: The value does not fit/,
  );
  expect((await commandHere(['setting', 'list'], settings)).stdout).toMatch(/^jobs\.retentionDays +12 +set by command line/m);
  await commandHere(['setting', 'reset', 'jobs.retentionDays'], settings);
  await eventually('the default', effective, (value) => value === 30, 4_000);
});

test('migrate tells what is pending, does it, and says then that all is done', async () => {
  const own = { ...settings, DATABASE_URL: await emptyDatabase() };

  expect(await commandHere(['migrate', '--check'], own)).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^(Pending: Migration\d+\n)+$/),
  });
  expect((await commandHere(['user', 'list'], own)).stderr).toMatch(/The database is not up to date \(\d+ migrations are pending\)/);
  expect(await commandHere(['migrate'], own)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^(Done: Migration\d+\n)+$/) });
  expect(await commandHere(['migrate', '--check', '--json'], own)).toMatchObject({ code: 0, stdout: '{"pending":[]}\n' });
});

test('commands work with the embedded database while the server runs, and while it does not', async () => {
  const dataDir = await aDataDir();
  const own = { DATA_DIR: dataDir };
  expect(await commandHere(['user', 'list'], own)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`There is no database in ${dataDir}`),
  });
  const server = await startProbeServer({ ...own, ADMIN_PASSWORD: 'a long enough password' });
  const database = databaseProcess(dataDir)!;

  expect(await answerOf(['user', 'list'], own)).toMatchObject([{ username: 'admin' }]);
  expect([databaseProcess(dataDir), isRunning(database)]).toEqual([database, true]);
  expect(await data(server.url, '{ __typename }')).toEqual({ __typename: 'Query' });
  await stop(server.process);
  expect(await answerOf(['user', 'create-admin', 'eve'], own)).toMatchObject({
    username: 'eve',
    link: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4000\/sign-in/),
  });
  expect(databaseProcess(dataDir)).toBeNull();
  expect(await answerOf(['user', 'list'], own)).toMatchObject([{ username: 'admin' }, { username: 'eve' }]);
});

test.each<[string[], number, RegExp]>([
  [[], 2, /^Works on an installation/],
  [['nonsense'], 2, /^There is no command "nonsense"/],
  [['user', 'unlock'], 2, /^signalbox user unlock: NAME is missing\.\nUsage: npm run signalbox -- user unlock NAME\n$/],
  [['user', 'list', 'x'], 2, /"x" is one argument too many/],
  [['backup', 'x', '--fast'], 2, /Unknown option '--fast'/],
  [['setting', 'set', 'a.b'], 2, /Give either VALUE or --stdin/],
  [['backup', join(folder, 'no/such/folder/x')], 1, /^signalbox backup: There is no folder \S+\n$/],
])('signalbox %j ends with %i', async (args, code, stderr) => {
  const ended = await commandHere(args, settings);

  expect(ended).toMatchObject({ code, stdout: '' });
  expect(ended.stderr).toMatch(stderr);
});

test('wrong settings end with 2 and name all of them; help needs none', async () => {
  const bad = await command(['user', 'list'], { PORT: 'high', DATABASE_URL: 'mysql://x/y' });
  expect(bad).toMatchObject({ code: 2, stderr: expect.stringMatching(/PORT: .*\n.*DATABASE_URL: /) });

  expect(await command(['backup', '--help'], { PORT: 'high' })).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('--without-key'),
  });
});

test('a database that does not answer is told in one line without its password', async () => {
  const { code, stderr } = await command(['user', 'list'], {
    DATABASE_URL: 'postgres://nobody:hidden@127.0.0.1:1/none',
    DATA_DIR: app.dataDir,
  });

  expect([code, stderr]).toEqual([1, expect.stringMatching(/^signalbox user list: .*ECONNREFUSED.*\n$/)]);
  expect(stderr).not.toContain('hidden');
});
