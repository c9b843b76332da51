import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startTestApp } from '../../support/app.js';
import { emptyDatabase } from '../../support/database.js';
import { eventually, openSql, startProbeApp } from '../../support/probe.js';
import { answerHere, commandHere, startCommand, type Ended } from '../../e2e/support/command.js';

vi.setConfig({ testTimeout: 60_000 });

const folder = await mkdtemp(join(tmpdir(), 'signalbox-claims-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');
const whole = join(folder, 'whole.backup');

beforeAll(async () => {
  const app = await startProbeApp({ ROLE: 'api' });
  await answerHere(['backup', whole], { DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir, ENCRYPTION_KEY });
});

/** A pipe, from which a restore reads until somebody has written to it. */
async function aPipe(): Promise<string> {
  const pipe = join(await mkdtemp(join(folder, 'pipe-')), 'pipe');
  execFileSync('mkfifo', [pipe]);
  return pipe;
}

/** Begins a restore, and waits until it has claimed its folder and checks the backup; `feed` gives it one. */
async function checkingRestore() {
  const pipe = await aPipe();
  const settings = { DATABASE_URL: await emptyDatabase(), DATA_DIR: join(await mkdtemp(join(folder, 'into-')), 'data'), ENCRYPTION_KEY };
  const running = commandHere(['restore', pipe], settings);
  await claimed(settings.DATA_DIR);
  // Opens as soon as somebody reads.
  const writer = await open(pipe, 'w');
  const feed = async (content: Buffer | string): Promise<Ended> => {
    await writer.writeFile(content);
    await writer.close();
    return running;
  };
  return { pipe, settings, feed };
}

const claimed = (dataDir: string) =>
  eventually(
    'the claim',
    async () => existsSync(join(dataDir, 'restore.unfinished')),
    (isThere) => isThere,
  );

test('while a restore checks the backup nothing else begins on its folder, and afterwards it can', async () => {
  const { pipe, settings, feed } = await checkingRestore();

  const reason = `The restore of ${pipe} into ${settings.DATA_DIR} was not finished`;
  await expect(startTestApp(settings)).rejects.toThrow(reason);
  expect(await commandHere(['restore', whole], settings)).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) });
  expect(await readdir(settings.DATA_DIR)).toEqual(['restore.unfinished']);

  expect(await feed('no backup')).toMatchObject({ code: 1, stderr: expect.stringMatching(/it is no backup.*\. Nothing was changed\.\n$/) });
  expect(existsSync(settings.DATA_DIR)).toBe(false);
  expect(await answerHere(['restore', whole], settings)).toMatchObject({ leftOut: [] });
});

test('what came into the folder while the backup was checked stays, and the restore goes back', async () => {
  const { settings, feed } = await checkingRestore();
  await mkdir(join(settings.DATA_DIR, 'uploads'));

  const { code, stderr } = await feed(await readFile(whole));

  expect([code, stderr]).toEqual([1, expect.stringContaining(`The data folder ${settings.DATA_DIR} is not empty (uploads)`)]);
  expect(stderr).not.toContain('not finished');
  expect(await readdir(settings.DATA_DIR)).toEqual(['uploads']);
});

test('a database that was filled while the backup was checked stays, and nobody is told to empty anything', async () => {
  const { settings, feed } = await checkingRestore();
  const sql = await openSql(settings.DATABASE_URL);
  await sql('create table note (text text)');

  const { code, stderr } = await feed(await readFile(whole));

  expect([code, stderr]).toEqual([1, expect.stringMatching(/The database \S+ is not empty/)]);
  expect(stderr).not.toContain('not finished');
  expect(existsSync(settings.DATA_DIR)).toBe(false);
  expect(await sql(`select relname from pg_class where relnamespace = 'public'::regnamespace`)).toEqual([{ relname: 'note' }]);
});

test('a restore that is interrupted while it checks the backup leaves the folder as it was', async () => {
  const dataDir = await mkdtemp(join(folder, 'into-'));
  const restoring = startCommand(['restore', await aPipe()], { DATABASE_URL: await emptyDatabase(), DATA_DIR: dataDir, ENCRYPTION_KEY });
  onTestFinished(() => restoring.kill());
  await claimed(dataDir);

  restoring.child.kill('SIGTERM');

  expect(await restoring.exit()).toBe(143);
  expect(await readdir(dataDir)).toEqual([]);
});
