import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { newId } from '#core/database/id.js';
import { openDatabase } from '#core/database/open-database.js';
import { Sequencer } from '#core/feed/sequencer.js';
import { graph } from '../../../src/domains.js';
import { signIn } from '../../support/client.js';
import { enqueue, eventually, openSql, randomFrom, startProbeApp } from '../../support/probe.js';

const app = await startProbeApp({ ROLE: 'api' });
const sql = await openSql(app.databaseUrl);
const auth = await signIn(app.url);

async function aSequencer(): Promise<Sequencer> {
  const database = await openDatabase({ url: app.databaseUrl, entities: graph.mapped, migrations: 'dist/migrations', connections: 4 });
  onTestFinished(() => database.close());
  return new Sequencer(database, graph.declared);
}

async function aSession(): Promise<Client> {
  const client = new Client({ connectionString: app.databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

const insertChange = (client: Client, action: string) =>
  client.query(`insert into changes (id, action, outcome, actor_username) values ($1, $2, 'SUCCESS', 'test')`, [newId(1), action]);
const appendEvent = (client: Client, jobId: string, message: string) =>
  client.query(
    `with bumped as (update streams set seq = seq + 1 where name = 'job_events:' || $2 returning seq)
     insert into job_events (id, job_id, seq, attempt, status, message, created_at) select $1, $2::uuid, seq, 0, 'QUEUED', $3, clock_timestamp() from bumped`,
    [newId(21), jobId, message],
  );

/** Where the order of everything stands, once what was written before has its place in it. */
async function head(): Promise<number> {
  await eventually(
    'everything to have its place',
    () => sql('select id from changes where position is null union all select id from job_events where position is null'),
    (waiting) => waiting.length === 0,
  );
  return Number((await sql(`select seq from streams where name = '*'`))[0]!.seq);
}
const sequenced = (after: number) =>
  sql<{ position: string; what: string; id: string; target_id: string | null }>(
    `select position, action as what, id, target_id from changes where position > $1
     union all select position, message, id, job_id from job_events where position > $1 order by 1`,
    [after],
  );

test('a transaction that began earlier and commits later comes after the one that committed first', async () => {
  const sequencer = await aSequencer();
  const start = await head();
  const [slow, quick] = [await aSession(), await aSession()];
  await slow.query('begin');
  await insertChange(slow, 'began first');
  await quick.query('begin');
  await insertChange(quick, 'began second');

  await quick.query('commit');
  await sequencer.run();
  const seen = await sequenced(start);
  await slow.query('commit');
  await sequencer.run();

  expect(seen.map(({ what }) => what)).toEqual(['began second']);
  expect((await sequenced(start)).map(({ what, position }) => [what, Number(position)])).toEqual([
    ['began second', start + 1],
    ['began first', start + 2],
  ]);
});

test('what was rolled back leaves no gap', async () => {
  const sequencer = await aSequencer();
  const start = await head();
  const client = await aSession();
  for (const end of ['commit', 'rollback', 'commit']) {
    await client.query('begin');
    await insertChange(client, end);
    await client.query(end);
    await sequencer.run();
  }

  expect((await sequenced(start)).map(({ position }) => Number(position))).toEqual([start + 1, start + 2]);
});

test('callers at the same time share a run and each finds its own row sequenced', async () => {
  const sequencer = await aSequencer();
  const client = await aSession();

  for (let round = 0; round < 20; round++) {
    const id = newId(1);
    const others = [sequencer.run(), sequencer.run()];
    await client.query(`insert into changes (id, action, outcome, actor_username) values ($1, 'mine', 'SUCCESS', 'test')`, [id]);
    await sequencer.run();
    const [row] = await sql('select position from changes where id = $1', [id]);
    expect(row!.position).not.toBeNull();
    await Promise.all(others);
  }
});

test('a run that fails fails for its callers only, and the next one does its work', async () => {
  const sequencer = await aSequencer();
  const client = await aSession();
  await sql(`alter table job_events rename to job_events_away`);

  await expect(Promise.all([sequencer.run(), sequencer.run()])).rejects.toThrow();

  await sql(`alter table job_events_away rename to job_events`);
  const start = await head();
  await insertChange(client, 'after the failure');
  await sequencer.run();
  expect((await sequenced(start)).map(({ what }) => what)).toEqual(['after the failure']);
});

test('more rows than one batch holds are sequenced in one run, each once', async () => {
  const sequencer = await aSequencer();
  const start = await head();
  await sql(
    `insert into changes (id, action, outcome, actor_username) select gen_random_uuid(), 'many', 'SUCCESS', 'test' from generate_series(1, 12001)`,
  );

  await sequencer.run();

  const [row] = await sql(
    `select count(*)::int as n, min(position)::int as first, max(position)::int as last, count(distinct position)::int as distinct from changes where action = 'many'`,
  );
  expect(row).toEqual({ n: 12_001, first: start + 1, last: start + 12_001, distinct: 12_001 });
});

test('eight writers with late commits and rollbacks, two sequencers and one reader: nothing missed, strictly increasing, gapless', async () => {
  const seed = Number(process.env.TEST_SEED ?? Date.now() % 1_000_000);
  process.stdout.write(`the seed of this run is ${seed}; TEST_SEED=${seed} repeats it\n`);
  const start = await head();
  const sequencers = [await aSequencer(), await aSequencer()];
  const reader = await aSession();
  const jobs = await Promise.all(Array.from({ length: 3 }, () => enqueue(app.url, 'probe.print', { lines: 1 }, auth)));
  const committed: string[] = [];
  let writing = 8;

  const writer = async (n: number): Promise<void> => {
    const random = randomFrom(seed + n);
    const client = await aSession();
    for (let i = 0; i < 60; i++) {
      const names: string[] = [];
      await client.query('begin');
      for (let row = Math.floor(random() * 4); row >= 0; row--) {
        const name = `${n}.${i}.${row}`;
        names.push(name);
        if (random() < 0.5) await insertChange(client, name);
        else await appendEvent(client, jobs[n % 3]!.id, name);
      }
      // Not a wait for anything: transactions that stay open for a while are what this is about.
      await pause(random() * 20);
      const isRolledBack = random() < 0.15;
      await client.query(isRolledBack ? 'rollback' : 'commit');
      if (!isRolledBack) committed.push(...names);
      void sequencers[n % 2]!.run().catch(() => {});
    }
    writing -= 1;
  };

  const read: { position: number; what: string }[] = [];
  const follow = async (): Promise<void> => {
    let after = start;
    for (let isLast = false; ;) {
      const { rows } = await reader.query(
        `select position, action as what from changes where position > $1 union all select position, message from job_events where position > $1 order by 1 limit 50`,
        [after],
      );
      read.push(...rows.map(({ position, what }) => ({ position: Number(position), what })));
      after = read.at(-1)?.position ?? start;
      if (isLast && rows.length === 0) return;
      if (writing === 0 && !isLast) {
        await Promise.all(sequencers.map((sequencer) => sequencer.run()));
        isLast = true;
      }
    }
  };
  await Promise.all([...Array.from({ length: 8 }, (_, n) => writer(n)), follow()]);

  const written = read.filter(({ what }) => /^\d+\.\d+\.\d+$/.test(what));
  expect(written.map(({ what }) => what).sort()).toEqual(committed.sort());
  expect(read.map(({ position }) => position)).toEqual(read.map((_, i) => start + 1 + i));
  // Within one job the order of everything is the order of the job.
  const [wrong] = await sql(
    `select count(*)::int as n from job_events a join job_events b on a.job_id = b.job_id and a.seq < b.seq and a.position > b.position`,
  );
  expect(wrong!.n).toBe(0);
}, 60_000);

test('however many enqueue at once, the record of a job comes before its events, so that its cursor replays them', async () => {
  const sequencers = [await aSequencer(), await aSequencer()];
  let isOver = false;
  const sequencing = sequencers.map(async (sequencer) => {
    while (!isOver) await sequencer.run();
  });

  const jobs: string[] = [];
  const enqueuer = async (): Promise<void> => {
    for (let i = 0; i < 40; i++) jobs.push((await enqueue(app.url, 'probe.print', { lines: 1 }, auth)).id);
  };
  await Promise.all(Array.from({ length: 8 }, enqueuer));
  isOver = true;
  await Promise.all(sequencing);

  await eventually(
    'all to be sequenced',
    () => sql(`select 1 from job_events where position is null union all select 1 from changes where position is null`),
    (rows) => rows.length === 0,
  );
  const late = await sql(
    `select c.position as record, e.position as event from changes c join job_events e on e.job_id = c.target_id
     where c.action = 'jobs.job.enqueued' and c.target_id = any($1) and e.seq = 1 and e.position < c.position`,
    [jobs],
  );
  expect(late).toEqual([]);
}, 60_000);
