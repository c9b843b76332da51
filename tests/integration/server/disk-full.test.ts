import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { authHeaders, data, graphql, signIn } from '../../support/client.js';
import { followFeed } from '../../support/feed.js';
import { enqueue, eventually, jobIn, jobOf, openSql, startProbeApp } from '../../support/probe.js';
import { smallDisk } from '../../support/small-disk.js';

const ofDatabase = process.env.TEST_DATABASE_URL ? null : await smallDisk(16);
const ofFiles = await smallDisk(16);

const full = { message: 'The disk of the server is full; nothing was changed', extensions: { code: 'LIMIT_EXCEEDED' } };

describe.runIf(ofDatabase)('when the disk of the database is full', async () => {
  if (!ofDatabase) return;
  const app = await startProbeApp();
  const auth = await signIn(app.url);
  const sql = await openSql(app.databaseUrl);
  const space = `small_${process.pid}`;
  const location = join(ofDatabase.folder, 'tables');
  // The owner of its process: where its data lies, it only knows from within.
  const [backend] = await sql('select pg_backend_pid() as pid');
  const { uid, gid } = await stat(`/proc/${backend!.pid}`);
  await mkdir(location);
  await chown(location, uid, gid);
  await sql(`create tablespace ${space} location '${location}'`);
  const onSmallDisk = (table: string) => sql(`alter table ${table} set tablespace ${space}`);
  const back = (table: string) => sql(`alter table ${table} set tablespace pg_default`);
  afterAll(async () => {
    await ofDatabase.free();
    for (const table of ['changes', 'job_log_lines']) await back(table);
    await sql(`drop tablespace ${space}`);
  });

  test('a mutation says so, and nothing of it is done', async () => {
    await onSmallDisk('changes');
    await ofDatabase.fill();
    const counts = () =>
      sql(`select (select count(*) from jobs) as jobs, (select count(*) from changes) as changes, (select count(*) from streams) as streams,
        (select count(*) from job_events) as events, (select count(*) from pgboss.job where name = 'sre-toolbox') as deliveries`);
    const before = await counts();
    const input = { name: 'probe.fail', parameters: { message: randomBytes(100_000).toString('base64') } };
    const mutation = 'mutation($input: EnqueueJobInput!) { enqueueJob(input: $input) { job { id } } }';

    const { errors, data: nothing } = await graphql(app.url, mutation, { input }, auth);

    expect(nothing).toBe(null);
    expect(errors).toMatchObject([{ ...full, path: ['enqueueJob'] }]);
    expect(await counts()).toEqual(before);
    expect(await data(app.url, '{ me { username } }', {}, auth)).toEqual({ me: { username: 'admin' } });
    await ofDatabase.free();
    expect((await graphql(app.url, mutation, { input }, auth)).errors).toBe(undefined);
    await back('changes');
  });

  const rollbacks = async () =>
    Number((await sql('select xact_rollback as n from pg_stat_database where datname = current_database()'))[0]!.n);

  /** Lets a run print while nothing that it prints can be stored. */
  async function printOnFullDisk(): Promise<{ id: string; cursor: string }> {
    await onSmallDisk('job_log_lines');
    await ofDatabase!.fill();
    const before = await rollbacks();
    const job = await enqueue(app.url, 'probe.print', { lines: 200 }, auth);
    await eventually('several tries to store the lines', rollbacks, (now) => now >= before + 3);
    return job;
  }

  test('a run waits with what it tells, feeds stay open, and all goes on when there is room', async () => {
    const { id, cursor } = await printOnFullDisk();
    const lines = followFeed(app.url, 'jobLogs', id, auth, { after: cursor });
    await lines.until('heartbeats of an open feed', ({ pages }) => pages.length >= 3);
    expect(lines.items).toEqual([]);
    expect(await jobOf(app.url, id, auth)).toMatchObject({ status: 'RUNNING', attempts: 1 });

    await ofDatabase.free();

    await lines.ended();
    expect(lines.items.map(({ seq }) => seq)).toEqual(Array.from({ length: 600 }, (_, i) => i + 1));
    expect(lines.items.filter(({ stream }) => stream === 'STDOUT').map(({ text }) => text)).toEqual(
      Array.from({ length: 200 }, (_, i) => `out ${i + 1}`),
    );
    expect(await jobOf(app.url, id, auth)).toMatchObject({ status: 'SUCCEEDED', attempts: 1 });
    await lines.stop();
  }, 60_000);

  test('a run that waited a minute in vain fails with that reason, and the next one finds room', async () => {
    await sql('truncate job_log_lines');
    const { id, cursor } = await printOnFullDisk();
    const events = followFeed(app.url, 'jobProgress', id, auth, { after: cursor });
    await events.until('the end of the first run', ({ items }) => items.some(({ status }) => status === 'RETRYING'), 90_000);

    await ofDatabase.free();

    await events.ended(60_000);
    expect(events.items.find(({ status }) => status === 'RETRYING')).toMatchObject({
      attempt: 1,
      message: 'What the run told could not be stored: the disk of the database is full',
    });
    expect(await jobOf(app.url, id, auth)).toMatchObject({ status: 'SUCCEEDED', attempts: 2 });
    await events.stop();
  }, 180_000);
});

describe.runIf(ofFiles)('when the disk of the files is full', async () => {
  if (!ofFiles) return;
  const dataDir = join(ofFiles.folder, 'data');
  await mkdir(dataDir);
  const app = await startProbeApp({ DATA_DIR: dataDir });
  const auth = await signIn(app.url);
  const sql = await openSql(app.databaseUrl);
  afterAll(() => ofFiles.free());

  const send = async (): Promise<{ status: number; body: any }> => {
    const body = new FormData();
    body.append('file', new Blob([randomBytes(2_000_000)]), 'a.log');
    const response = await fetch(`${app.url}/uploads`, { method: 'POST', headers: authHeaders(auth), body });
    return { status: response.status, body: await response.json() };
  };

  test('an upload says so, and nothing of it is left', async () => {
    await ofFiles.fill();

    expect(await send()).toEqual({ status: 413, body: { errors: [full] } });

    expect(await readdir(join(dataDir, 'uploads'))).toEqual([]);
    expect(await sql('select 1 from uploads')).toEqual([]);
    await ofFiles.free();
    expect((await send()).status).toBe(201);
  });

  test('a run that writes files fails with the reason, and the next one does its work', async () => {
    await ofFiles.fill();
    const { id } = await enqueue(app.url, 'probe.leave', { bytes: 1_000_000 }, auth);
    const job = await jobIn(app.url, id, 'RETRYING', auth);
    expect(job.error).toMatch(/^ENOSPC: no space left on device/);

    await ofFiles.free();

    expect(await jobIn(app.url, id, 'SUCCEEDED', auth)).toMatchObject({ attempts: 2 });
    expect(await sql('select name, attempt from job_files')).toEqual([{ name: 'large.bin', attempt: 2 }]);
  });
});
