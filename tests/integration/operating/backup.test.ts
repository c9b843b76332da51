import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { keyId } from '#core/secrets/key-id.js';
import { startTestApp } from '../../support/app.js';
import { signIn, upload } from '../../support/client.js';
import { emptyDatabase } from '../../support/database.js';
import { openSql } from '../../support/probe.js';
import { answerHere, commandHere } from '../../e2e/support/command.js';

vi.setConfig({ testTimeout: 60_000 });

const folder = await mkdtemp(join(tmpdir(), 'signalbox-backups-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const keyOf = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const idOf = (byte: number): string => keyId(Buffer.alloc(32, byte));

const app = await startTestApp({ DATABASE_URL: await emptyDatabase(), DATA_DIR: join(folder, 'source'), ENCRYPTION_KEY: keyOf(1) });
const sql = await openSql(app.databaseUrl);
const auth = await signIn(app.url);
const uploads: string[] = [];
for (const name of ['a', 'b', 'c']) uploads.push(await upload(app.url, name, `${name}.log`, auth));
const source = { DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir };

/** A data folder with this key in its file. */
async function folderWith(name: string, key: number): Promise<string> {
  const dataDir = join(folder, name);
  await mkdir(dataDir);
  await writeFile(join(dataDir, 'encryption.key'), `${keyOf(key)}\n`);
  return dataDir;
}

/** Asserts that a backup is refused with this message, and that it has left no file. */
async function expectRefused(message: string, settings: Record<string, string>, ...options: string[]): Promise<void> {
  const into = await mkdtemp(join(folder, 'into-'));
  expect(await commandHere(['backup', join(into, 'x.backup'), ...options], settings)).toEqual({
    code: 1,
    stdout: '',
    stderr: `signalbox backup: ${message}\n`,
  });
  expect(await readdir(into)).toEqual([]);
}

test('a backup is refused where no key is, and where the only key is that of another installation', async () => {
  const need = `What the database keeps secret needs the encryption key ${idOf(1)}, but`;
  const advice = 'Set DATA_DIR or ENCRYPTION_KEY as for the server, or add --without-key and keep that key elsewhere.';
  const none = join(folder, 'none');
  const other = await folderWith('other', 2);

  await expectRefused(`${need} there is no key in ${none}. ${advice}`, { ...source, DATA_DIR: none });
  await expectRefused(`${need} ${other} has ${idOf(2)}. ${advice}`, { ...source, DATA_DIR: other });
  await expectRefused(`${need} ENCRYPTION_KEY is ${idOf(2)}. ${advice}`, { ...source, ENCRYPTION_KEY: keyOf(2) });
  expect(existsSync(none)).toBe(false);
});

test('a backup that is made without the key names it, and a restore asks for it and takes it only', async () => {
  const file = join(folder, 'without.backup');

  const { stdout, code } = await commandHere(['backup', file, '--without-key'], source);

  expect(code).toBe(0);
  expect(stdout).toContain(`The encryption key ${idOf(1)} is not in the backup: a restore needs it.\n`);
  const target = { DATABASE_URL: await emptyDatabase(), DATA_DIR: join(folder, 'target') };
  expect(await commandHere(['restore', file], target)).toMatchObject({
    code: 1,
    stderr: `signalbox restore: The secrets of the backup need the key ${idOf(1)}, which is not in it. Set ENCRYPTION_KEY to it, or put its file encryption.key into ${target.DATA_DIR}. Nothing was changed.\n`,
  });
  expect(await commandHere(['restore', file], { ...target, ENCRYPTION_KEY: keyOf(2) })).toMatchObject({
    code: 1,
    stderr: `signalbox restore: The secrets of the backup need the key ${idOf(1)}, but ENCRYPTION_KEY is ${idOf(2)}. Nothing was changed.\n`,
  });
  expect(existsSync(target.DATA_DIR)).toBe(false);
  expect(await answerHere(['restore', file], { ...target, ENCRYPTION_KEY: keyOf(1) })).toMatchObject({ files: 3 });
});

test('a key that has sealed nothing yet is not asked for, and a retired one that sealed what a server needs is', async () => {
  const file = join(folder, 'rotated.backup');
  const keys = { ENCRYPTION_KEY: keyOf(3), RETIRED_ENCRYPTION_KEYS: keyOf(1) };
  expect(await answerHere(['backup', file], { ...source, ...keys })).toMatchObject({ neededKeys: [{ id: idOf(1), isRequired: true }] });

  const target = { DATABASE_URL: await emptyDatabase(), DATA_DIR: join(folder, 'rotated') };
  expect(await commandHere(['restore', file], { ...target, ENCRYPTION_KEY: keyOf(3) })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`need the key ${idOf(1)}, but ENCRYPTION_KEY is ${idOf(3)}. Nothing was changed.`),
  });
  expect(await answerHere(['restore', file], { ...target, ENCRYPTION_KEY: keyOf(1) })).toMatchObject({ files: 3 });
});

test('a key that was lost before is named, and refuses neither a backup nor a restore', async () => {
  const [setting] = await sql<{ id: string }>(
    `update settings set sealed_value = 'v1:0badc0de:AAAA' where key = (select min(key) from settings) returning id`,
  );
  const file = join(folder, 'lost.backup');

  const made = await commandHere(['backup', file], { ...source, ENCRYPTION_KEY: keyOf(1) });

  await sql('update settings set sealed_value = null where id = $1', [setting!.id]);
  expect(made.code).toBe(0);
  expect(made.stdout).toContain(
    'The retired key 0badc0de is not here: secrets that were never encrypted anew cannot be read without it.\n',
  );
  const target = { DATABASE_URL: await emptyDatabase(), DATA_DIR: join(folder, 'lost'), ENCRYPTION_KEY: keyOf(1) };
  const { code, stdout } = await commandHere(['restore', file], target);
  expect(code).toBe(0);
  expect(stdout).toContain('The retired key 0badc0de is not here: secrets that were never encrypted anew cannot be read without it.\n');
});

test('a backup is refused where most of the files are not that the database names', async () => {
  const empty = await mkdtemp(join(folder, 'empty-'));
  const settings = { ...source, DATA_DIR: empty, ENCRYPTION_KEY: keyOf(1) };
  const message = `3 of the 3 files that the database names are not below ${empty}, such as uploads/${[...uploads].sort()[0]}`;
  const advice = 'Set DATA_DIR as for the server, or add --without-missing-files when they are lost.';

  await expectRefused(`${message}. ${advice}`, settings);

  const file = join(folder, 'no-files.backup');
  expect(await answerHere(['backup', file, '--without-missing-files'], settings)).toMatchObject({
    files: 0,
    missing: [...uploads].sort().map((id) => `uploads/${id}`),
  });
});

test('a few files that are missing are named and left out', async () => {
  const [first] = uploads;
  const path = join(app.dataDir, 'uploads', first!);
  await rename(path, `${path}.away`);

  const { code, stdout } = await commandHere(['backup', join(folder, 'few.backup')], { ...source, ENCRYPTION_KEY: keyOf(1) });

  await rename(`${path}.away`, path);
  expect(code).toBe(0);
  expect(stdout).toContain(`Not there, so not in the backup: uploads/${first}\n`);
  expect(stdout).toMatch(/ 2 files\.\n$/);
});
