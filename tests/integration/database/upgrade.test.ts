import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, expect, test, vi } from 'vitest';
import { startEmbeddedPostgres } from '#core/database/embedded/start-embedded-postgres.js';
import { openDatabase } from '#core/database/open-database.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { graph } from '../../../src/domains.js';
import { hashPassword } from '../../../src/domains/identity/passwords/password.js';
import { startTestApp } from '../../support/app.js';
import { data, signIn, upload } from '../../support/client.js';
import { cloneDatabase, emptyDatabase } from '../../support/database.js';
import { openSql } from '../../support/probe.js';

vi.setConfig({ testTimeout: 60_000 });

const migrations = fileURLToPath(new URL('../../../dist/migrations', import.meta.url));
const firstReleases = ['Migration20261121000000', 'Migration20261121110000'];
const key = Buffer.alloc(32, 7);
const id = (type: string, n: number): string => `019a0000-0000-7${type}-8000-00000000000${n}`;
const at = '2026-11-21T10:00:00.123Z';

/** A row of every table, as the first releases had them. */
async function oldRows(): Promise<Record<string, Record<string, unknown>>> {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const signingKey = id('00c', 1);
  const mutable = { revision: 3, created_at: at, updated_at: at };
  return {
    changes: {
      id: id('001', 1),
      position: 1,
      created_at: at,
      action: 'jobs.job.enqueued',
      outcome: 'SUCCESS',
      actor_id: id('010', 1),
      actor_name: 'anna',
      subject_type: 'Job',
      subject_id: id('020', 1),
      before: null,
      after: JSON.stringify({ name: 'old.run' }),
    },
    permissions: { id: id('011', 1), name: 'old:permission', description: 'Of before', resource: 'old', action: 'permission' },
    roles: { id: id('012', 1), ...mutable, slug: 'old', name: 'Old', description: null },
    role_permissions: { id: id('013', 1), role_id: id('012', 1), permission_id: id('011', 1) },
    users: {
      id: id('010', 1),
      ...mutable,
      username: 'anna',
      email: 'anna@example.org',
      is_superuser: true,
      password_hash: await hashPassword('a password of before', 'password'),
      created_by_id: id('010', 1),
    },
    signing_keys: {
      id: signingKey,
      public_jwk: JSON.stringify(await exportJWK(publicKey)),
      sealed_private_jwk: new KeyRing(key).seal(JSON.stringify(await exportJWK(privateKey)), `signing_keys:${signingKey}`),
      created_at: new Date().toISOString(),
    },
    revoked_tokens: { id: id('014', 1), jti: 'a token', expires_at: '2099-01-01T00:00:00.000Z' },
    uploads: { id: id('018', 1), name: 'old.log', size_bytes: 3, sha256: 'ab', uploaded_by_id: id('010', 1), created_at: at },
    sign_in_links: { id: id('015', 1), user_id: id('010', 1), token_hash: 'x', expires_at: '2099-01-01T00:00:00.000Z' },
    sessions: {
      id: id('016', 1),
      ...mutable,
      user_id: id('010', 1),
      refresh_token_hash: 'r',
      cookie_hash: 'c',
      expires_at: '2099-01-01T00:00:00.000Z',
      last_activity_at: at,
    },
    role_assignments: { id: id('017', 1), user_id: id('010', 1), role_id: id('012', 1), assigned_at: at },
    workers: { id: id('021', 1), number: 1, name: 'old worker', started_at: at, stopped_at: at },
    jobs: {
      id: id('020', 1),
      ...mutable,
      name: 'old.run',
      queue: 'sre-toolbox',
      status: 'SUCCEEDED',
      parameters: '{}',
      result: '{"b": 1, "a": 2}',
      max_attempts: 3,
      timeout_ms: 1000,
      requested_by_id: id('010', 1),
      requested_by_name: 'anna',
      worker_id: id('021', 1),
      finished_at: new Date().toISOString(),
    },
    job_log_lines: {
      id: id('022', 1),
      job_id: id('020', 1),
      seq: 1,
      attempt: 1,
      stream: 'STDOUT',
      level: 'INFO',
      text: 'a line of before',
      created_at: at,
    },
    job_events: {
      id: id('023', 1),
      job_id: id('020', 1),
      seq: 1,
      position: 2,
      attempt: 1,
      status: 'SUCCEEDED',
      progress: 100,
      created_at: at,
    },
    streams: { name: `job_log_lines:${id('020', 1)}`, seq: 1, fence: 1, ended_at: at, reason: 'SUCCEEDED' },
  };
}

/** What columns of then are called now. */
const renamed: Record<string, Record<string, string>> = {
  changes: { actor_name: 'actor_username', subject_type: 'target_type', subject_id: 'target_id', source_ip: 'ip_address' },
};
const inPresentWords = (table: string, row: object): object =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [renamed[table]?.[name] ?? name, value]));

test('the present version starts on a database of the first releases, and every row of it is still there', async () => {
  const url = await emptyDatabase();
  const database = await openDatabase({ url, entities: graph.mapped, migrations });
  await database.orm.migrator.up({ migrations: firstReleases });
  await database.close();
  const sql = await openSql(url);
  const rows = await oldRows();
  const tables = await sql<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'migrations' order by 1`,
  );
  expect(Object.keys(rows).sort()).toEqual(tables.map(({ name }) => name));
  for (const [table, row] of Object.entries(rows)) {
    const names = Object.keys(row)
      .map((name) => `"${name}"`)
      .join();
    await sql(
      `insert into ${table} (${names}) values (${Object.keys(row)
        .map((_, at) => `$${at + 1}`)
        .join()})`,
      Object.values(row),
    );
  }
  await sql(`update streams set seq = 2 where name = '*'`);
  await sql(`select nextval('worker_numbers')`);
  const before: Record<string, object> = {};
  for (const table of Object.keys(rows)) before[table] = await storedRow(table);

  const app = await startTestApp({ DATABASE_URL: url, ENCRYPTION_KEY: key.toString('base64') });

  for (const table of Object.keys(rows)) expect(await storedRow(table), table).toMatchObject(inPresentWords(table, before[table]!));
  const auth = await signIn(app.url, 'anna', 'a password of before');
  const answer = await data(
    app.url,
    '{ me { username roles { nodes { slug } } } jobs(first: 1) { nodes { name logs(first: 1) { nodes { text } } events(first: 1) { nodes { status } } } } uploads(first: 1) { nodes { name } } }',
    {},
    auth,
  );
  expect(answer).toEqual({
    me: { username: 'anna', roles: { nodes: [{ slug: 'old' }] } },
    jobs: { nodes: [{ name: 'old.run', logs: { nodes: [{ text: 'a line of before' }] }, events: { nodes: [{ status: 'SUCCEEDED' }] } }] },
    uploads: { nodes: [{ name: 'old.log' }] },
  });
  await upload(app.url, 'new', 'new.log', auth);

  async function storedRow(table: string): Promise<object> {
    const where = table === 'streams' ? `name <> '*'` : 'true';
    const own = table === 'streams' ? 'name' : 'id';
    const [row] = await sql<{ row: object }>(`select to_jsonb(t) as row from ${table} t where ${own}::text = $1 and ${where}`, [
      rows[table]![own],
    ]);
    return row!.row;
  }
});

test('an older program does not start on a database that a newer one has migrated', async () => {
  const url = await cloneDatabase();
  const sql = await openSql(url);
  await sql(`insert into migrations (name, executed_at) values ('Migration20991231000000', now())`);

  await expect(startTestApp({ DATABASE_URL: url })).rejects.toThrow(
    'This database was migrated by a newer Signalbox (Migration20991231000000), and this version does not know what is in it. Start the newer version',
  );

  expect(await sql('select count(*)::int as n from users')).toEqual([{ n: 0 }]);
});

test('a data folder of another major release of PostgreSQL is left alone, and the error says what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-major-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const pg = join(folder, 'pg');
  await mkdir(pg);
  await writeFile(join(pg, 'PG_VERSION'), '14\n');

  await expect(startEmbeddedPostgres({ dataDir: folder })).rejects.toThrow(
    /PostgreSQL 14 made the database in .*, and this Signalbox brings PostgreSQL \d+, which cannot open it\. Write a backup with the version .* restore FILE/,
  );

  expect(await readdir(pg)).toEqual(['PG_VERSION']);
});
