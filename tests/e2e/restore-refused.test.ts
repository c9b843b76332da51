import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { readTar } from '#core/backup/read-tar.js';
import { tarEnd, tarEntry } from '#core/backup/write-tar.js';
import { signIn, upload } from '../support/client.js';
import { startTestApp } from '../support/app.js';
import { emptyDatabase } from '../support/database.js';
import { eventually, openSql } from '../support/probe.js';
import { answerHere, commandHere, startCommand } from './support/command.js';
import { aDataDir, runServer } from './support/process.js';

vi.setConfig({ testTimeout: 120_000 });

const folder = await mkdtemp(join(tmpdir(), 'signalbox-backups-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const whole = join(folder, 'whole.backup');
const databaseUrl = await emptyDatabase();
const dataDir = join(folder, 'data');

beforeAll(async () => {
  const app = await startTestApp({ DATABASE_URL: await emptyDatabase(), DATA_DIR: join(folder, 'source') });
  await upload(app.url, 'one line\n', 'one.log', await signIn(app.url));
  await answerHere(['backup', whole], { DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir });
});

/** The files in a backup, by their names. */
async function unpack(file: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const bytes = gunzipSync(await readFile(file));
  for await (const { name, content } of readTar(
    (async function* () {
      yield bytes;
    })(),
  )) {
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(chunk);
    files.set(name, Buffer.concat(chunks));
  }
  return files;
}

/** Writes a file in the way of a backup. */
async function pack(files: ReadonlyMap<string, Buffer>, file: string): Promise<void> {
  const chunks: Buffer[] = [];
  for (const [name, content] of files) for await (const chunk of tarEntry(name, content.length, [content])) chunks.push(chunk);
  await writeFile(file, gzipSync(Buffer.concat([...chunks, tarEnd])));
}

/** A copy of the backup in which the text of some file of it is another one. */
async function changed(name: string, change: (text: string) => string): Promise<string> {
  const files = await unpack(whole);
  const text = files.get(name)!.toString();
  expect(change(text)).not.toBe(text);
  files.set(name, Buffer.from(change(text)));
  const file = join(folder, 'changed.backup');
  await pack(files, file);
  return file;
}

/** Asserts that a restore is refused for a reason, and that it has left nothing in its targets. */
async function expectRefused(file: string, reason: RegExp, settings: Record<string, string> = {}): Promise<void> {
  const { code, stderr, stdout } = await commandHere(['restore', file], { DATA_DIR: dataDir, DATABASE_URL: databaseUrl, ...settings });

  expect(stderr).toMatch(reason);
  expect(
    stderr
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('Checking')),
  ).toHaveLength(1);
  expect(stdout).not.toContain('Restored');
  expect(code).toBe(1);
  expect(existsSync(dataDir) ? await readdir(dataDir) : []).toEqual([]);
  const sql = await openSql(databaseUrl);
  expect(await sql(`select relname from pg_class where relnamespace = 'public'::regnamespace`)).toEqual([]);
  await sql.client.end();
}

const withBit = (bytes: Buffer, at: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed[at]! ^= 0x10;
  return changed;
};

/** A run of zeros can be compressed in more than one way, so that another byte means the same. */
function holdsTheSame(one: Buffer, other: Buffer): boolean {
  try {
    return gunzipSync(other).equals(gunzipSync(one));
  } catch {
    return false;
  }
}

test('a backup with a byte of it changed is refused, wherever that is, and nothing is changed', async () => {
  const bytes = await readFile(whole);
  for (const place of [0.1, 0.5, 0.9, 0.999]) {
    let at = Math.floor(bytes.length * place);
    while (holdsTheSame(bytes, withBit(bytes, at))) at += 1;
    const broken = withBit(bytes, at);
    const file = join(folder, 'broken.backup');
    await writeFile(file, broken);
    await expectRefused(file, /cannot be restored: .*Nothing was changed/);
  }
});

test('a backup that is cut is refused, whether in the middle or by its last bytes', async () => {
  const { length } = await readFile(whole);
  for (const bytes of [length >> 1, length - 1]) {
    const file = join(folder, 'cut.backup');
    await copyFile(whole, file);
    await truncate(file, bytes);
    await expectRefused(file, /cannot be restored: it is cut/);
  }
});

test('a backup whose parts do not fit its manifest is refused', async () => {
  await expectRefused(await changed('tables/users/00000001', (text) => text.replace('admin', 'nimda')), /the table users is damaged/);
  await expectRefused(
    await changed('manifest.json', (text) => text.replace(/"name": "users"/, '"name": "losers"')),
    /the table losers is damaged/,
  );
  await expectRefused(await changed('encryption.key', (text) => text.toLowerCase()), /the file encryption\.key is damaged/);
  const files = await unpack(whole);
  files.delete([...files.keys()].find((name) => name.startsWith('uploads/'))!);
  await pack(files, join(folder, 'less.backup'));
  await expectRefused(join(folder, 'less.backup'), /the file uploads\/\S+ is damaged/);
});

test('a backup with a path that leads out of the data folder is refused', async () => {
  await expectRefused(
    await changed('manifest.json', (text) => text.replace(/"path": "uploads\/[^"]*"/, '"path": "uploads/../../x"')),
    /its manifest is damaged/,
  );
});

test('a backup with a file that is none of Signalbox, such as one of the embedded database, is refused', async () => {
  const files = await unpack(whole);
  const manifest = JSON.parse(files.get('manifest.json')!.toString());
  const upload = manifest.files.find(({ path }: { path: string }) => path.startsWith('uploads/'));
  for (const path of ['pg/postgresql.auto.conf', 'uploads', 'restore.unfinished']) {
    const moved = manifest.files.map((each: object) => (each === upload ? { ...upload, path } : each));
    const edited = [...files].map(([name, content]): [string, Buffer] => {
      if (name === upload.path) return [path, content];
      return [name, name === 'manifest.json' ? Buffer.from(JSON.stringify({ ...manifest, files: moved })) : content];
    });
    await pack(new Map(edited), join(folder, 'stray.backup'));
    await expectRefused(join(folder, 'stray.backup'), new RegExp(`it holds ${path}, which is no file of Signalbox`));
  }
});

test('what is no backup is refused', async () => {
  const text = join(folder, 'text');
  await writeFile(text, 'insert into users values (1)\n');
  const packed = join(folder, 'text.gz');
  await writeFile(packed, gzipSync('insert into users values (1)\n'.repeat(100)));
  const other = join(folder, 'other.tgz');
  await pack(new Map([['package.json', Buffer.from('{}')]]), other);

  await expectRefused(text, /it is no backup of Signalbox/);
  await expectRefused(packed, /the head of a file in it is damaged/);
  await expectRefused(other, /it is no backup of Signalbox/);
  await expectRefused(join(folder, 'none'), /cannot be read/);
});

test('a backup of a newer version is refused, by its format or by its migrations', async () => {
  await expectRefused(
    await changed('signalbox-backup.json', (text) => text.replace('"format": 1', '"format": 2')),
    /in a format that this version does not know/,
  );
  await expectRefused(
    await changed('manifest.json', (text) => text.replace('"migrations": [', '"migrations": ["Migration20991231000000",')),
    /Signalbox \S+ made it, which is newer than this one \(it has Migration20991231000000\)/,
  );
});

test('a backup without its key is restored only where the key is', async () => {
  const file = join(folder, 'without-key.backup');
  const source = join(folder, 'source');
  const key = await readFile(join(source, 'encryption.key'), 'utf8');
  const running = await startTestApp({ DATABASE_URL: await emptyDatabase(), DATA_DIR: source });
  const { keys: told } = await answerHere(['backup', file, '--without-key'], { DATABASE_URL: running.databaseUrl, DATA_DIR: source });

  expect(told).toMatchObject({ isIncluded: false });
  expect([...(await unpack(file)).keys()]).not.toContain('encryption.key');
  await expectRefused(file, new RegExp(`need the key ${told.ids[0]}, which is not in it. Set ENCRYPTION_KEY to it`));
  await expectRefused(file, new RegExp(`need the key ${told.ids[0]}, but ENCRYPTION_KEY is [0-9a-f]{8}`), {
    ENCRYPTION_KEY: Buffer.alloc(32, 9).toString('base64'),
  });
  const target = { DATA_DIR: await aDataDir(), DATABASE_URL: await emptyDatabase() };
  await mkdir(target.DATA_DIR);
  await writeFile(join(target.DATA_DIR, 'encryption.key'), key);
  expect(await answerHere(['restore', file], target)).toMatchObject({ files: 0 });
});

test('a restore into a folder or a database that is not empty is refused, and both stay as they are', async () => {
  const full = await aDataDir();
  await mkdir(join(full, 'uploads'), { recursive: true });
  const { code, stderr } = await commandHere(['restore', whole], { DATA_DIR: full, DATABASE_URL: databaseUrl });
  expect([code, stderr]).toEqual([1, expect.stringContaining(`The data folder ${full} is not empty (uploads)`)]);
  expect(await readdir(full)).toEqual(['uploads']);

  const used = await emptyDatabase();
  const sql = await openSql(used);
  await sql('create table note (text text)');
  await expectRefused(whole, /The database \S+ is not empty/, { DATABASE_URL: used });
  expect(await sql(`select relname from pg_class where relnamespace = 'public'::regnamespace`)).toEqual([{ relname: 'note' }]);
});

test('a backup never replaces a file', async () => {
  const file = join(folder, 'mine');
  await writeFile(file, 'mine');

  const { code, stderr } = await commandHere(['backup', file], { DATA_DIR: dataDir, DATABASE_URL: databaseUrl });

  expect([code, stderr]).toEqual([1, expect.stringMatching(/mine is there already|no tables/)]);
  expect(await readFile(file, 'utf8')).toBe('mine');
});

/** Restores into an empty database and folder, and kills that as soon as a table is there. */
async function killedRestore(table: string) {
  const settings = { DATA_DIR: await aDataDir(), DATABASE_URL: await emptyDatabase() };
  const sql = await openSql(settings.DATABASE_URL);
  const restoring = startCommand(['restore', whole], settings);
  for (let isThere = false; !isThere;)
    [{ isThere }] = (await sql(`select to_regclass($1) is not null as "isThere"`, [table])) as [{ isThere: boolean }];
  await restoring.kill();
  expect(await sql(`select count(*)::int as n from unfinished_restore`)).toEqual([{ n: 1 }]);
  return { sql, settings };
}

test('a restore that is killed leaves a target that refuses everything, says why, and can be emptied and restored into', async () => {
  const { sql, settings } = await killedRestore('jobs');

  const server = runServer(settings);
  expect(await server.exit()).toBe(1);
  expect(server.stderr).toContain(`Signalbox could not start: The restore of ${whole} into ${settings.DATA_DIR} was not finished`);
  const elsewhere = runServer({ ...settings, DATA_DIR: await aDataDir() });
  expect(await elsewhere.exit()).toBe(1);
  expect(elsewhere.stderr).toContain(`The restore of ${whole} into this database was not finished`);
  for (const args of [['restore', whole], ['backup', join(folder, 'never')], ['migrate'], ['user', 'list']])
    expect(await commandHere(args, settings)).toMatchObject({ code: 1, stderr: expect.stringContaining('was not finished') });
  expect(existsSync(join(folder, 'never'))).toBe(false);

  await rm(settings.DATA_DIR, { recursive: true });
  await sql('drop schema public cascade; drop schema if exists pgboss cascade; create schema public');
  expect(await answerHere(['restore', whole], settings)).toMatchObject({ files: 2 });
});

test('one that is killed at its very end does too', async () => {
  const { settings } = await killedRestore('pgboss.job');

  expect(await commandHere(['migrate'], { ...settings, DATA_DIR: await aDataDir() })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('was not finished'),
  });
});

test('a backup that is killed leaves nothing that goes by its name; one that is interrupted leaves nothing at all', async () => {
  const app = await startTestApp({ DATABASE_URL: await emptyDatabase(), DATA_DIR: join(folder, 'large') });
  const id = await upload(app.url, 'x', 'large.log', await signIn(app.url));
  // Takes no room, and some seconds to be read.
  await truncate(join(app.dataDir, 'uploads', id), 4 * 1024 ** 3);
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const into = await mkdtemp(join(folder, 'into-'));
    const running = startCommand(['backup', join(into, 'x.backup')], { DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir });
    onTestFinished(() => running.kill());
    await eventually(
      'the part',
      () => readdir(into),
      (names) => names.length > 0,
    );
    running.child.kill(signal);

    expect(await running.exit()).toBe(signal === 'SIGKILL' ? null : 143);
    expect(await readdir(into)).toEqual(signal === 'SIGKILL' ? [`.x.backup.${running.child.pid}.part`] : []);
  }
});
