import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, expect, inject, test, vi } from 'vitest';
import { openDatabase } from '#core/database/open-database.js';
import { graph } from '../../../src/domains.js';
import { migrationsFolder } from '../../../src/migrations-folder.js';
import { data, signIn } from '../../support/client.js';
import { emptyDatabase } from '../../support/database.js';
import { enqueue, openSql, startProbeApp } from '../../support/probe.js';
import { commandHere } from '../../e2e/support/command.js';
import { structureOf } from '../../e2e/support/contents.js';
import { restoredFrom } from '../../e2e/support/restored.js';

vi.setConfig({ testTimeout: 60_000 });

const app = await startProbeApp({ ROLE: 'api' });
const auth = await signIn(app.url);
const from = await openSql(app.databaseUrl);
const folder = await mkdtemp(join(tmpdir(), 'signalbox-restore-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');
const done = { code: 0, stderr: expect.any(String), stdout: expect.any(String) };

const backup = async (name: string): Promise<string> => {
  const file = join(folder, name);
  expect(await commandHere(['backup', file], { DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir, ENCRYPTION_KEY })).toEqual(done);
  return file;
};

const restore = async (file: string, url: string): Promise<void> => {
  expect(
    await commandHere(['restore', file], { DATABASE_URL: url, DATA_DIR: join(folder, randomBytes(4).toString('hex')), ENCRYPTION_KEY }),
  ).toEqual(done);
};

/** An empty database that belongs to a user without any rights beyond it; its URL as that user. */
async function ownDatabase(): Promise<string> {
  const url = new URL(await emptyDatabase());
  const name = `signalbox_owner_${randomBytes(4).toString('hex')}`;
  const client = new Client({ connectionString: inject('serverUrl') });
  await client.connect();
  await client.query(`create role ${name} login password 'plain'; alter database ${url.pathname.slice(1)} owner to ${name}`);
  afterAll(async () => {
    await client.query(`drop database if exists ${url.pathname.slice(1)} with (force)`);
    await client.query(`drop role ${name}`);
    await client.end();
  });
  return Object.assign(url, { username: name, password: 'plain' }).href;
}

test('each job that waits gets one delivery on its queue; what is parked, waits for an approval or ran gets none', async () => {
  const put = (name: string, parameters: object = {}) => enqueue(app.url, name, parameters, auth).then(({ id }) => id);
  const [queued, night, retrying, parked, approval, running, ended] = [
    await put('probe.print', { lines: 1 }),
    await put('probe.night'),
    await put('probe.print', { lines: 1 }),
    await put('probe.alone'),
    await put('probe.print', { lines: 1 }),
    await put('probe.print', { lines: 1 }),
    await put('probe.print', { lines: 1 }),
  ];
  await from(`update jobs set status = 'RETRYING' where id = $1`, [retrying]);
  await from(`update jobs set parked_at = now() where id = $1`, [parked]);
  await from(`update jobs set status = 'WAITING_APPROVAL' where id = $1`, [approval]);
  await from(`update jobs set status = 'RUNNING' where id = $1`, [running]);
  await from(`update jobs set status = 'FAILED', finished_at = now(), retry_of_id = $2 where id = $1`, [ended, queued]);
  await from(`select setval('telemetry_published', 1000000)`);

  const url = await emptyDatabase();
  await restore(await backup('jobs.backup'), url);

  const into = await openSql(url);
  const deliveries = await into(
    `select name, data->>'jobId' as id from pgboss.job where state < 'completed' and data ? 'jobId' order by 2`,
  );
  expect(deliveries).toEqual([
    { name: 'sre-toolbox', id: queued },
    { name: 'night-shift', id: night },
    { name: 'sre-toolbox', id: retrying },
  ]);
  expect(await into(`select p.last_value <= s.seq as ok from telemetry_published p, streams s where s.name = '*'`)).toEqual([{ ok: true }]);
});

test('the owner of a database restores into it without being a superuser, and keys and triggers are what the migrations make', async () => {
  const url = await ownDatabase();

  await restore(await backup('owner.backup'), url);

  const into = await openSql(url);
  expect(await into(`select rolsuper from pg_roles where rolname = current_user`)).toEqual([{ rolsuper: false }]);
  expect(await structureOf(into)).toEqual(await structureOf(from));
  await expect(into('delete from changes')).rejects.toThrow(/audit trail refuses/);
  await into.client.end();
});

test('a backup of tables that were not migrated yet is restored to the present state', async () => {
  const old = await emptyDatabase();
  const sql = await openSql(old);
  const database = await openDatabase({ url: old, entities: graph.mapped, migrations: migrationsFolder });
  await database.orm.migrator.up({ migrations: ['Migration20261121000000', 'Migration20261121110000'] });
  await database.close();
  await sql(`insert into changes (id, action, outcome, actor_name) values (gen_random_uuid(), 'old.change', 'SUCCESS', 'anna')`);
  const file = join(folder, 'old.backup');
  expect(await commandHere(['backup', file], { DATABASE_URL: old, DATA_DIR: app.dataDir, ENCRYPTION_KEY })).toEqual(done);

  const url = await emptyDatabase();
  await restore(file, url);

  const into = await openSql(url);
  expect(await into(`select action, actor_username from changes where action = 'old.change'`)).toEqual([
    { action: 'old.change', actor_username: 'anna' },
  ]);
  expect(await structureOf(into)).toEqual(await structureOf(from));
});

test('a table of somebody else is saved, and a restore leaves it out and says so', async () => {
  await from("create table note (text text); insert into note values ('mine')");
  const file = await backup('note.backup');
  await from('drop table note');

  const { stdout } = await commandHere(['restore', file], {
    DATABASE_URL: await emptyDatabase(),
    DATA_DIR: join(folder, 'note'),
    ENCRYPTION_KEY,
  });

  expect(stdout).toContain("Left out, because it is none of Signalbox's tables: note\n");
});

test('sessions from before a restore go on, and the audit trail is whole', async () => {
  const restored = await restoredFrom(app, { ENCRYPTION_KEY });

  expect(await data(restored.url, '{ me { username } }', {}, auth)).toEqual({ me: { username: 'admin' } });
  const { verifyAuditChain } = await data(restored.url, '{ verifyAuditChain { isIntact } }', {}, auth);
  expect(verifyAuditChain).toEqual({ isIntact: true });
});
