import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { adminPassword } from '../../support/app.js';
import { signIn } from '../../support/client.js';
import { cloneDatabase } from '../../support/database.js';
import { followFeed } from '../../support/feed.js';
import { isBrowserSkipped, needBrowser, Person } from '../support/browser.js';
import { startServer } from '../support/server-process.js';
import { closedGate, start } from '../support/drip.js';

const uuid = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;
const exampleNames = ['StartAnalysis', 'FollowProgress', 'FollowLogs', 'Report', 'Overview', 'AddUser'];

let folder: string | undefined;
let log: string;
let databaseUrls: string[];

needBrowser();
// A page is nine megabytes of scripts, and a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  if (isBrowserSkipped) return;
  folder = await mkdtemp(join(tmpdir(), 'signalbox-graphiql-'));
  log = join(folder, 'app.log');
  await writeFile(log, '2026-11-20T10:00:00Z INFO the disk is fine\n2026-11-20T10:00:01Z ERROR the disk is full\n'.repeat(500));
  databaseUrls = await Promise.all(Array.from({ length: 5 }, () => cloneDatabase()));
});

afterAll(async () => {
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The settings of a server of its own; a heartbeat would take a page off the screen. */
const ownSettings = async (): Promise<Record<string, string>> => ({
  DATABASE_URL: databaseUrls.pop()!,
  DATA_DIR: await mkdtemp(join(folder!, 'data-')),
  HEARTBEAT_MS: '600000',
});

const upload = async (person: Person): Promise<string> => {
  await person.page.getByLabel('File to upload').setInputFiles(log);
  return person.page.locator('#bar-status code').innerText();
};

test('a newcomer signs in by the link, uploads a log file, runs the examples and reads the report', async () => {
  const { url, signInLink, process } = await startServer(await ownSettings());
  const person = await Person.sitDown();
  await person.signInByLink(signInLink!);
  await person.followTo('Not now');
  await person.seesGraphiql();
  expect(person.page.url()).toBe(`${url}/`);
  expect(await person.tabs()).toEqual(exampleNames);
  await person.seesVariables({ file: 'the id of your upload' });
  await expect.poll(() => person.page.locator('#bar-user').innerText()).toBe('admin');
  await person.screenshot('1-first-sight');

  const uploadId = await upload(person);
  expect(uploadId).toMatch(uuid);
  await person.pressAndReopen('Open StartAnalysis');
  await person.seesVariables({ file: uploadId });
  await person.run();
  const started = await person.sees('the new job', ({ data }) => uuid.test(data?.enqueueJob.job.id));
  const jobId = started.data.enqueueJob.job.id;
  await person.screenshot('2-started');

  await person.pressAndReopen('Follow the newest job');
  expect(await person.openTab()).toBe('FollowProgress');
  await person.seesVariables({ jobId });
  await person.run();
  const progress = await person.sees('the end of the progress', ({ data }) => data?.jobProgress.state === 'ENDED');
  expect(progress.data.jobProgress.reason).toBe('SUCCEEDED');

  await person.press('FollowLogs');
  await person.run();
  const {
    data: { jobLogs },
  } = await person.sees('the end of the lines', ({ data }) => data?.jobLogs?.state === 'ENDED');
  expect(jobLogs.items.map(({ seq }: { seq: number }) => seq)).toEqual(Array.from({ length: jobLogs.total }, (_, index) => index + 1));
  expect(jobLogs.items.slice(0, 3).map(({ level, text }: Record<string, string>) => `${level} ${text}`)).toEqual([
    'INFO Reading app.log, 43.5 kB',
    'ERROR New error: the disk is full',
    'INFO Format: text with timestamps',
  ]);
  await person.screenshot('3-lines');

  await person.press('Report');
  await person.run();
  const {
    data: { job },
  } = await person.sees('the report', ({ data }) => data?.job?.status === 'SUCCEEDED');
  expect(job.result.file).toEqual({ name: 'app.log', sizeBytes: 43_500, isGzip: false });
  expect(job.result.levels).toEqual({ FATAL: 0, ERROR: 500, WARN: 0, INFO: 500, DEBUG: 0, TRACE: 0, UNKNOWN: 0 });
  await person.screenshot('4-report');

  expect([...new Set(person.addresses.map((address) => new URL(address.replace(/^blob:/, '')).host))]).toEqual([new URL(url).host]);
  expect(person.complaints).toEqual([]);
  await process.kill();
});

test('a script that is not part of the page does not run', async () => {
  const { signInLink, process } = await startServer(await ownSettings());
  const person = await Person.sitDown();
  await person.signInByLink(signInLink!);
  await person.followTo('Not now');
  await person.seesGraphiql();
  await person.page.evaluate(`document.body.append(Object.assign(document.createElement('script'), { textContent: 'injected = true' }))`);

  expect(await person.page.evaluate('typeof injected')).toBe('undefined');
  expect(person.complaints).toEqual([expect.stringContaining('violates the following Content Security Policy directive')]);
  await process.kill();
});

test('one press analyzes an upload, and the tabs are the same after a reload', async () => {
  const { url, signInLink, process } = await startServer(await ownSettings());
  const person = await Person.sitDown();
  await person.signInByLink(signInLink!);
  await person.followTo('Not now');
  await person.seesGraphiql();
  await person.press('Follow the newest job');
  const status = person.page.locator('#bar-status');
  await expect.poll(() => status.innerText()).toBe('There is no job yet: upload a log file and analyze it');
  const uploadId = await upload(person);
  await person.press('Copy the id');
  await person.page.getByRole('button', { name: 'Copied' }).waitFor();
  expect(await person.page.evaluate('navigator.clipboard.readText()')).toBe(uploadId);

  await person.pressAndReopen('Analyze it');
  const jobId = await status.locator('code').innerText();
  expect(await person.openTab()).toBe('FollowProgress');
  await person.seesVariables({ jobId });
  await person.press('StartAnalysis');
  await person.seesVariables({ file: uploadId });
  await person.press('Report');
  await person.seesVariables({ jobId });
  await person.press('FollowLogs');
  await person.seesVariables({ jobId, last: 100 });

  // GraphiQL stores its tabs half a second later.
  await expect.poll(() => person.page.evaluate('JSON.parse(localStorage["graphiql:tabState"]).activeTabIndex')).toBe(2);

  await person.openGraphiql(person.page.url());
  expect(await person.tabs()).toEqual(exampleNames);
  expect(await person.openTab()).toBe('FollowLogs');
  await person.seesVariables({ jobId, last: 100 });
  await person.openGraphiql(`${url}/?query=${encodeURIComponent('query Mine { me { username } }')}`);
  expect(await person.tabs()).toEqual([...exampleNames, 'Mine']);
  await person.run();
  await person.sees('its own answer', ({ data }) => data?.me.username === 'admin');
  expect(person.complaints).toEqual([]);
  await process.kill();
});

test('a link works once, a wrong password is refused, and the right one opens GraphiQL', async () => {
  const { url, signInLink, process } = await startServer(await ownSettings());
  const first = await Person.sitDown();
  await first.signInByLink(signInLink!);
  await first.followTo('Not now');
  await first.seesGraphiql();
  await first.paste('Operation Editor', `mutation { changePassword(input: { newPassword: "${adminPassword}" }) { user { username } } }`);
  await first.run();
  await first.sees('the new password', ({ data }) => data?.changePassword.user.username === 'admin');

  const second = await Person.sitDown();
  const { page } = second;
  await second.signInByLink(signInLink!);
  const alert = page.getByRole('alert');
  expect(await alert.innerText()).toBe(
    'The link was used before or is too old: sign in with a password, or ask an administrator for a new link. Where no administrator has a password, the next start of the server prints one',
  );
  await second.screenshot('5-used-link');
  await page.getByLabel('Username').fill('admin');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect.poll(() => alert.innerText()).toBe('The username or the password is wrong');
  await second.screenshot('6-wrong-password');
  await page.getByLabel('Password').fill(adminPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await second.seesGraphiql();
  expect(page.url()).toBe(`${url}/`);
  expect(second.complaints).toEqual(['Failed to load resource: the server responded with a status of 401 (Unauthorized)']);
  await process.kill();
});

test('after a killed server and a lost network the page goes on, and a feed resumes behind its cursor', async () => {
  const gate = await closedGate(folder!);
  const settings = { ...(await ownSettings()), ...gate.settings, ADMIN_PASSWORD: adminPassword };
  const before = await startServer(settings);
  const { token } = await signIn(before.url);
  const jobId = await start(before.url, token, 'drip.count', { lines: 6, gate: gate.gate });
  const person = await Person.sitDown();
  await person.page.goto(before.url);
  await person.page.getByLabel('Username').fill('admin');
  await person.page.getByLabel('Password').fill(adminPassword);
  await person.page.getByRole('button', { name: 'Sign in' }).click();
  await person.seesGraphiql();
  await person.pressAndReopen('Follow the newest job');
  await person.press('FollowLogs');
  await person.run();
  const { data: half } = await person.sees('half of the lines', ({ data }) => data?.jobLogs?.items.at(-1)?.text === 'line 3');
  await before.process.kill();
  await person.sees('the broken connection', ({ errors }) => errors?.length === 1);

  await gate.open();
  const after = await startServer({ ...settings, PORT: new URL(before.url).port });
  const resumed = { jobId, after: half.jobLogs.cursor };
  await person.paste('Variables', JSON.stringify(resumed));
  await person.seesVariables(resumed);
  await followFeed(after.url, 'jobLogs', jobId, { token }).ended();
  await person.run();
  const { data: rest } = await person.sees('the rest', ({ data }) => data?.jobLogs !== undefined);
  expect(rest.jobLogs).toMatchObject({ state: 'ENDED', total: 9 });
  expect(rest.jobLogs.items.map(({ seq, text }: Record<string, unknown>) => `${seq} ${text}`)).toEqual([
    '4 line 1',
    '5 line 2',
    '6 line 3',
    '7 line 4',
    '8 line 5',
    '9 line 6',
  ]);

  await person.press('Overview');
  await person.page.context().setOffline(true);
  await person.run();
  await expect.poll(() => person.text('Result Window')).toContain('Failed to fetch');
  await person.page.context().setOffline(false);
  await person.run();
  const { data: overview } = await person.sees('the jobs', ({ data }) => data?.me !== undefined);
  expect(overview.jobs.nodes.filter(({ requestedBy }: Record<string, unknown>) => requestedBy !== null)).toEqual([
    { id: jobId, name: 'drip.count', status: 'SUCCEEDED', progress: 100, requestedBy: { username: 'admin' } },
  ]);
  await after.process.kill();
});
