import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { chooseAccount } from '#core/database/embedded/account.js';
import { locateBinaries } from '#core/database/embedded/locate-binaries.js';
import { takeOwnerLock } from '#core/database/embedded/owner-lock.js';
import { isAlive, readPostmasterFile } from '#core/database/embedded/postmaster-file.js';
import { prepareBinaries } from '#core/database/embedded/prepare-binaries.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#core/database/embedded/start-embedded-postgres.js';

vi.setConfig({ testTimeout: 120_000 });

const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';

test('a first start creates a UTF-8 database with checksums that only this machine can reach', async () => {
  const dataDir = aDataDir();

  const postgres = await start(dataDir);

  expect(
    await one(
      postgres.url,
      `select pg_encoding_to_char(encoding) as encoding, datlocprovider::text as provider, datlocale as locale, current_setting('data_checksums') as checksums,
        current_setting('fsync') as fsync, current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
        current_setting('timezone') as timezone, current_setting('shared_buffers') as buffers, current_setting('max_connections') as connections,
        (select array_agg(distinct auth_method) from pg_hba_file_rules) as methods from pg_database where datname = current_database()`,
    ),
  ).toEqual({
    encoding: 'UTF8',
    provider: 'b',
    locale: 'C.UTF-8',
    checksums: 'on',
    fsync: 'on',
    addresses: '127.0.0.1',
    sockets: '',
    timezone: 'UTC',
    buffers: '128MB',
    connections: '100',
    methods: ['scram-sha-256'],
  });
  expect(statSync(join(dataDir, 'pg.password')).mode & 0o777).toBe(0o600);
  await expect(one(postgres.url.replace(/:[^:@/]+@/, ':wrong@'), 'select 1')).rejects.toMatchObject({ code: '28P01' });
});

test('a restart keeps the rows', async () => {
  const dataDir = aDataDir();
  const first = await start(dataDir);
  await one(first.url, "create table note (text text); insert into note values ('kept')");
  await Promise.all([first.stop(), first.stop()]);
  expect(existsSync(join(dataDir, 'pg/postmaster.pid'))).toBe(false);

  const second = await start(dataDir);

  expect(await one(second.url, 'select text from note')).toEqual({ text: 'kept' });
});

test('a folder in use is refused, to the same process and to another one, and its owner keeps working', async () => {
  const dataDir = aDataDir();
  const owner = await start(dataDir);
  const serverPid = serverOf(dataDir);

  await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
    code: 'DATA_DIR_IN_USE',
    message: `The data folder ${dataDir} is in use by another Signalbox (see process ${process.pid}). Stop that one first, or set DATA_DIR to another folder.`,
  });
  const other = await anOwner(dataDir);
  expect(await other.start()).toMatchObject({ error: { code: 'DATA_DIR_IN_USE' } });

  expect(await one(owner.url, 'select 1 as one')).toEqual({ one: 1 });
  expect(serverOf(dataDir)).toBe(serverPid);
});

test('every acknowledged row is there after the owner was killed', async () => {
  const dataDir = aDataDir();
  const owner = await anOwner(dataDir);
  await owner.start();
  owner.child.send({ insert: true });
  await owner.said((message) => message.acknowledged === 300);
  const orphan = serverOf(dataDir);

  owner.child.kill('SIGKILL');
  await once(owner.child, 'close');
  expect(isAlive(orphan)).toBe(true);
  const successor = await start(dataDir);

  const last = Math.max(...owner.messages.map((message) => message.acknowledged ?? 0));
  expect(await one(successor.url, `select count(*)::int as kept from acknowledged where n <= ${last}`)).toEqual({ kept: last });
  expect(serverOf(dataDir)).not.toBe(orphan);
});

test('a folder whose owner and server were killed in the middle of a statement starts again', async () => {
  const dataDir = aDataDir();
  const owner = await anOwner(dataDir);
  const { url } = await owner.start();
  const client = new Client(url);
  client.on('error', () => undefined);
  await client.connect();
  // Computes without a pause, so this server process does not notice for a while that its parent is gone.
  const query = client.query('select count(*) from generate_series(1, 8000000)').catch(() => undefined);

  process.kill(serverOf(dataDir), 'SIGKILL');
  owner.child.kill('SIGKILL');
  const successor = await start(dataDir);

  expect(await one(successor.url, 'select 1 as one')).toEqual({ one: 1 });
  await query;
});

test('a stale postmaster.pid whose number belongs to another program by now is no obstacle, and that program is left alone', async () => {
  const dataDir = aDataDir();
  const owner = await anOwner(dataDir);
  await owner.start();
  const killed = serverOf(dataDir);
  const pidFile = join(dataDir, 'pg/postmaster.pid');
  const bystander = spawn('sleep', ['600'], { ...chooseAccount(join(dataDir, 'pg')), cwd: '/', stdio: 'ignore' });
  onTestFinished(() => void bystander.kill('SIGKILL'));

  owner.child.kill('SIGKILL');
  process.kill(killed, 'SIGKILL');
  await vi.waitFor(() => expect(readPostmasterFile(join(dataDir, 'pg'))?.isRunning).toBe(false), { timeout: 10_000 });
  writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(bystander.pid)));
  const successor = await start(dataDir);

  expect(await one(successor.url, 'select 1 as one')).toEqual({ one: 1 });
  expect([bystander.exitCode, bystander.signalCode]).toEqual([null, null]);
});

test('a first start that was killed in the middle leaves nothing in the way of the next one', async () => {
  const dataDir = aDataDir();
  const owner = await anOwner(dataDir);
  owner.child.send({ startAt: 0 });
  await vi.waitFor(
    () => expect(readdirSync(dataDir).some((name) => name.startsWith('pg.new-') && existsSync(join(dataDir, name, 'base')))).toBe(true),
    {
      timeout: 10_000,
      interval: 2,
    },
  );
  owner.child.kill('SIGKILL');
  await once(owner.child, 'close');
  expect(existsSync(join(dataDir, 'pg'))).toBe(false);

  const successor = await start(dataDir);

  expect(await one(successor.url, 'select 1 as one')).toEqual({ one: 1 });
});

test('leftovers of earlier tries are removed', async () => {
  const dataDir = aDataDir();
  mkdirSync(join(dataDir, 'pg.new-a1b2c3/base'), { recursive: true });
  mkdirSync(join(dataDir, 'pg-bin-17.0.0/bin'), { recursive: true });
  mkdirSync(join(dataDir, 'pg-bin-17.0.0.new'));
  writeFileSync(join(dataDir, 'pg.password.new'), 'ha');

  const postgres = await start(dataDir);

  await postgres.stop();
  expect(
    readdirSync(dataDir)
      .filter((name) => !name.startsWith('pg-bin-18.'))
      .sort(),
  ).toEqual(['pg', 'pg.lock', 'pg.password']);
});

test('of several processes that start at the same instant exactly one wins, be the folder new, orphaned or in order', async () => {
  const dataDir = aDataDir();
  const contest = async () => {
    const owners = await Promise.all([1, 2, 3].map(() => anOwner(dataDir)));
    const startAt = Date.now() + 100;
    const outcomes = await Promise.all(owners.map((owner) => owner.start(startAt)));
    expect(outcomes.map((outcome) => outcome.error?.code ?? 'won').sort()).toEqual(['DATA_DIR_IN_USE', 'DATA_DIR_IN_USE', 'won']);
    const winner = owners[outcomes.findIndex((outcome) => outcome.url)]!;
    return { child: winner.child, url: outcomes.find((outcome) => outcome.url)!.url };
  };

  for (const ending of ['SIGKILL', 'SIGKILL', 'stop', 'stop', 'SIGKILL']) {
    const winner = await contest();
    expect(await one(winner.url, 'select 1 as one')).toEqual({ one: 1 });
    const closed = once(winner.child, 'close');
    if (ending === 'stop') winner.child.send({ stop: true });
    else winner.child.kill('SIGKILL');
    await closed;
  }
});

test('a server whose owner lock is held is never stopped, even when the folder itself is not claimed', async () => {
  const dataDir = aDataDir();
  const owner = await anOwner(dataDir);
  const { url } = await owner.start();
  const serverPid = serverOf(dataDir);
  owner.child.kill('SIGKILL');
  const { port, password } = new URL(url);
  const holder = await takeOwnerLock({ port: Number(port), password }, 5_000);
  onTestFinished(() => holder?.end());

  await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
    code: 'DATA_DIR_IN_USE',
    message: expect.stringContaining(`(see process ${serverPid})`),
  });

  expect(await one(url, 'select 1 as one')).toEqual({ one: 1 });
  await holder?.end();
  await start(dataDir);
  expect(serverOf(dataDir)).not.toBe(serverPid);
});

test('the owner lock is taken anew after a crash inside the server', async () => {
  const dataDir = aDataDir();
  const postgres = await start(dataDir);
  const owned =
    "select pid from pg_locks join pg_stat_activity using (pid) where locktype = 'advisory' and application_name = 'signalbox-owner'";
  const { pid } = await one(postgres.url, owned);

  process.kill(pid as number, 'SIGKILL');

  await vi.waitFor(async () => expect(await one(postgres.url, owned)).toEqual({ pid: expect.any(Number) }), {
    timeout: 20_000,
    interval: 100,
  });
  expect((await one(postgres.url, owned)).pid).not.toBe(pid);
});

test('a server that dies by itself is reported, and its folder can be used again', async () => {
  const dataDir = aDataDir();
  const postgres = await start(dataDir);

  process.kill(serverOf(dataDir), 'SIGKILL');

  expect(await postgres.exited).toEqual({ code: null, signal: 'SIGKILL' });
  await postgres.stop();
  const successor = await start(dataDir);
  expect(await one(successor.url, 'select 1 as one')).toEqual({ one: 1 });
});

test('an interrupt from the terminal reaches the owner and not the server', async () => {
  const dataDir = aDataDir();
  const owner = await anOwner(dataDir, { detached: true });
  const { url } = await owner.start();
  const serverPid = serverOf(dataDir);

  process.kill(-owner.child.pid!, 'SIGINT');
  await owner.said((message) => message.interrupted === true);

  expect(await one(url, 'select 1 as one')).toEqual({ one: 1 });
  expect(serverOf(dataDir)).toBe(serverPid);
  owner.child.send({ stop: true });
  expect(await once(owner.child, 'close')).toEqual([0, null]);
  expect(isAlive(serverPid)).toBe(false);
});

test('a platform without programs is told to set DATABASE_URL', () => {
  expect(() => locateBinaries('sunos-x64')).toThrow(
    expect.objectContaining({
      code: 'EMBEDDED_POSTGRES_UNAVAILABLE',
      message: expect.stringMatching(/no embedded PostgreSQL for sunos-x64.*DATABASE_URL/),
    }),
  );
});

test('programs that npm left incomplete are completed in a copy, and the installation is not written to', () => {
  const dataDir = aDataDir();
  const installed = join(aDataDir(), 'native');
  cpSync(nativeDir(), installed, { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
  const before = readdirSync(installed, { recursive: true });

  const binaries = prepareBinaries({ nativeDir: installed, version: '18.0.0' }, dataDir, chooseAccount(join(dataDir, 'pg')));

  expect(binaries.postgres).toBe(join(dataDir, 'pg-bin-18.0.0/bin/postgres'));
  expect(readdirSync(dataDir)).toEqual(['pg-bin-18.0.0']);
  expect(readdirSync(installed, { recursive: true })).toEqual(before);
});

test.runIf(isRoot)('under root, programs in a private folder are copied to where the server can run them', () => {
  const dataDir = aDataDir();
  const privateDir = aDataDir();
  cpSync(nativeDir(), join(privateDir, 'native'), { recursive: true, verbatimSymlinks: true });
  chmodSync(privateDir, 0o700);

  const binaries = prepareBinaries(
    { nativeDir: join(privateDir, 'native'), version: '18.0.0' },
    dataDir,
    chooseAccount(join(dataDir, 'pg')),
  );

  expect(binaries.initdb).toBe(join(dataDir, 'pg-bin-18.0.0/bin/initdb'));
});

test.runIf(isRoot && isLinux)('under root, the database works below a folder that only root may enter, also after a crash', async () => {
  const parent = aDataDir();
  chmodSync(parent, 0o700);
  const dataDir = aDataDir(parent);
  const owner = await anOwner(dataDir);
  const { url } = await owner.start();
  await one(url, "create table note (text text); insert into note values ('kept')");
  const orphan = serverOf(dataDir);

  owner.child.kill('SIGKILL');
  const successor = await start(dataDir);

  expect(await one(successor.url, 'select text from note')).toEqual({ text: 'kept' });
  expect(serverOf(dataDir)).not.toBe(orphan);
});

test.runIf(isRoot && !isLinux)('under root, a closed folder above the data folder is named together with the remedy', async () => {
  const parent = aDataDir();
  chmodSync(parent, 0o700);
  const dataDir = join(parent, 'below');

  await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
    code: 'EMBEDDED_POSTGRES_UNAVAILABLE',
    message: expect.stringContaining(`cannot pass through ${parent} to the data folder ${dataDir}. Allow it with "chmod o+x ${parent}"`),
  });

  expect(readdirSync(dataDir)).toEqual([]);
});

interface OwnerMessage {
  loaded?: true;
  url?: string;
  error?: { code: string; message: string };
  acknowledged?: number;
  interrupted?: true;
}

function aDataDir(parent = tmpdir()): string {
  const dataDir = mkdtempSync(join(parent, 'signalbox-embedded-'));
  chmodSync(dataDir, 0o711);
  onTestFinished(async () => {
    const server = readPostmasterFile(join(dataDir, 'pg'));
    if (server?.isRunning) {
      process.kill(server.pid, 'SIGQUIT');
      await vi.waitFor(() => expect(readPostmasterFile(join(dataDir, 'pg'))?.isRunning).not.toBe(true), { timeout: 20_000 });
    }
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  return dataDir;
}

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir });
  onTestFinished(() => postgres.stop());
  return postgres;
}

async function anOwner(dataDir: string, options: { detached?: boolean } = {}) {
  const fixture = join(import.meta.dirname, 'embedded-owner.mjs');
  const child: ChildProcess = fork(fixture, [dataDir], {
    ...options,
    execArgv: ['--conditions=signalbox'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const messages: OwnerMessage[] = [];
  child.on('message', (message) => messages.push(message as OwnerMessage));
  const said = (wanted: (message: OwnerMessage) => boolean) =>
    vi.waitFor(
      () => {
        const message = messages.find(wanted);
        if (!message) throw new Error(`The owner has not said ${wanted}; it said ${JSON.stringify(messages.slice(-3))}`);
        return message;
      },
      { timeout: 60_000, interval: 5 },
    );
  await said((message) => message.loaded === true);
  const start = async (startAt = 0) => {
    child.send({ startAt });
    const { url = '', error } = await said((message) => message.url !== undefined || message.error !== undefined);
    return { url, error };
  };
  return { child, messages, said, start };
}

async function one(url: string, sql: string): Promise<Record<string, unknown>> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return ((await client.query(sql)) as { rows?: Record<string, unknown>[] }).rows?.[0] ?? {};
  } finally {
    await client.end();
  }
}

function serverOf(dataDir: string): number {
  const server = readPostmasterFile(join(dataDir, 'pg'));
  if (!server?.isRunning) throw new Error(`No server runs on ${dataDir}`);
  return server.pid;
}

function nativeDir(): string {
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
  return join(dirname(dirname(entry)), 'native');
}
