import { Client } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { append, endStreams, fenceStreams } from '#core/feed/streams.js';
import { JobLogLine } from '#domains/jobs/job-log-line.entity.js';
import { linesOf } from '#domains/jobs/job-streams.js';
import { aLine, appendLines } from '../../support/append.js';
import { signIn } from '../../support/client.js';
import { enqueue, eventually, openSql, randomFrom, startProbeApp } from '../../support/probe.js';

const app = await startProbeApp({ ROLE: 'api' });
const sql = await openSql(app.databaseUrl);
const auth = await signIn(app.url);
const em = () => app.system.database.fork();

const aJob = async (): Promise<string> => (await enqueue(app.url, 'probe.print', { lines: 1 }, auth)).id;
const target = (id: string, fence = 0) => ({ stream: linesOf(id), fence, entity: JobLogLine, column: 'seq' });
const stored = (id: string) =>
  sql<{ seq: string; text: string }>('select seq, text from job_log_lines where job_id = $1 order by seq', [id]);
const headOf = async (id: string): Promise<number> => Number((await sql('select seq from streams where name = $1', [linesOf(id)]))[0]!.seq);
const waitingFor = (lock: string) =>
  eventually(
    `somebody to wait for ${lock}`,
    () => sql(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`),
    (rows) => rows.length > 0,
  );

test('concurrent writers of one stream leave no gap, and what each wrote at once stays together', async () => {
  const id = await aJob();
  const random = randomFrom(7);
  const sizes = Array.from({ length: 120 }, () => 1 + Math.floor(random() * 30));

  const lasts = await Promise.all(
    sizes.map((size, batch) =>
      appendLines(
        app.system,
        id,
        Array.from({ length: size }, (_, i) => `${batch}.${i}`),
      ),
    ),
  );

  const rows = await stored(id);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(rows.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: total }, (_, i) => i + 1));
  for (const [batch, size] of sizes.entries()) {
    const from = lasts[batch]! - size;
    expect(rows.slice(from, lasts[batch]!).map(({ text }) => text)).toEqual(Array.from({ length: size }, (_, i) => `${batch}.${i}`));
  }
  expect(await headOf(id)).toBe(total);
});

test('at no moment is there less than the head of a stream says', async () => {
  const ids = [await aJob(), await aJob()];
  const reader = new Client({ connectionString: app.databaseUrl });
  await reader.connect();
  onTestFinished(() => reader.end());
  let isOver = false;
  const torn: unknown[] = [];
  let looks = 0;
  const looking = (async () => {
    while (!isOver) {
      looks += 1;
      const { rows } = await reader.query(
        `select s.name, s.seq::int as head, (select count(*)::int from job_log_lines l where l.job_id = j.id and l.seq <= s.seq) as there
         from unnest($1::uuid[]) as j(id) join streams s on s.name = 'job_log_lines:' || j.id`,
        [ids],
      );
      torn.push(...rows.filter(({ head, there }) => head !== there));
    }
  })();

  await Promise.all(Array.from({ length: 80 }, (_, i) => appendLines(app.system, ids[i % 2]!, ['a', 'b', 'c'])));
  isOver = true;
  await looking;

  expect(looks).toBeGreaterThan(3);
  expect(torn).toEqual([]);
});

test('what is rolled back leaves no gap', async () => {
  const id = await aJob();
  await appendLines(app.system, id, ['kept']);

  const attempt = em().transactional(async (tx) => {
    expect(await append(tx, target(id), [aLine(id, 'lost'), aLine(id, 'lost too')])).toBe(3);
    throw new Error('rolled back');
  });
  await expect(attempt).rejects.toThrow('rolled back');
  await appendLines(app.system, id, ['next']);

  expect(await stored(id)).toEqual([
    { seq: '1', text: 'kept' },
    { seq: '2', text: 'next' },
  ]);
});

test('a writer that was fenced off writes nothing', async () => {
  const id = await aJob();
  expect(await appendLines(app.system, id, ['before'])).toBe(1);

  await fenceStreams(em(), 1, linesOf(id));

  expect(await appendLines(app.system, id, ['from the old writer'], { fence: 0 })).toBeNull();
  expect(await appendLines(app.system, id, ['from a writer to come'], { fence: 2 })).toBeNull();
  expect(await appendLines(app.system, id, ['from the new writer'], { fence: 1 })).toBe(2);
  expect((await stored(id)).map(({ text }) => text)).toEqual(['before', 'from the new writer']);
});

test('a fence waits for the writer that is writing right now, and whoever comes after it is too late', async () => {
  const id = await aJob();
  let commit!: () => void;
  const mayCommit = new Promise<void>((resolve) => (commit = resolve));
  const writing = em().transactional(async (tx) => {
    await append(tx, target(id), [aLine(id, 'just in time')]);
    await mayCommit;
  });
  await eventually(
    'the write',
    () => sql(`select 1 from pg_stat_activity where state = 'idle in transaction' and query like '%bumped%'`),
    (rows) => rows.length > 0,
  );

  let isFenced = false;
  const fencing = fenceStreams(em(), 1, linesOf(id)).then(() => (isFenced = true));
  await waitingFor('the writer');
  expect(isFenced).toBe(false);
  commit();
  await Promise.all([writing, fencing]);

  expect(await appendLines(app.system, id, ['too late'])).toBeNull();
  expect(await stored(id)).toEqual([{ seq: '1', text: 'just in time' }]);
});

test('a writer that waits while the fence is raised writes nothing either', async () => {
  const id = await aJob();
  let commit!: () => void;
  const mayCommit = new Promise<void>((resolve) => (commit = resolve));
  const fencing = em().transactional(async (tx) => {
    await fenceStreams(tx, 1, linesOf(id));
    await mayCommit;
  });
  await eventually(
    'the fence',
    () => sql(`select 1 from pg_stat_activity where state = 'idle in transaction' and query like '%set fence%'`),
    (rows) => rows.length > 0,
  );

  const writing = appendLines(app.system, id, ['overtaken']);
  await waitingFor('the fence');
  commit();

  expect(await writing).toBeNull();
  await fencing;
  expect(await stored(id)).toEqual([]);
  expect(await headOf(id)).toBe(0);
});

test('a stream that has ended takes nothing more, and keeps its end', async () => {
  const id = await aJob();
  await appendLines(app.system, id, ['last']);
  await endStreams(em(), 'SUCCEEDED', linesOf(id));
  const [ended] = await sql('select * from streams where name = $1', [linesOf(id)]);

  expect(await appendLines(app.system, id, ['after the end'])).toBeNull();

  expect(ended).toMatchObject({ seq: '1', reason: 'SUCCEEDED', ended_at: expect.any(Date) });
  expect(await sql('select * from streams where name = $1', [linesOf(id)])).toEqual([ended]);
  expect(await stored(id)).toEqual([{ seq: '1', text: 'last' }]);
});

test('a stream that was never opened takes nothing', async () => {
  const id = await aJob();

  expect(await append(em(), { ...target(id), stream: 'job_log_lines:none' }, [aLine(id, 'nowhere')])).toBeNull();
  expect(await stored(id)).toEqual([]);
});

test('characters that PostgreSQL cannot hold are replaced and keep nothing else from being written', async () => {
  const id = await aJob();

  expect(await appendLines(app.system, id, ['a\0b', '\ud800', 'c\udc00', '🚦', '\\u0000', 'ordinary'])).toBe(6);

  expect((await stored(id)).map(({ text }) => text)).toEqual(['a\ufffdb', '\ufffd', 'c\ufffd', '🚦', '\\u0000', 'ordinary']);
});

test('huge lines and many lines are written in one statement', async () => {
  const [wide, many] = [await aJob(), await aJob()];
  const huge = 'ü'.repeat(5_000_000);

  expect(await appendLines(app.system, wide, [huge, 'small', huge])).toBe(3);
  expect(
    await appendLines(
      app.system,
      many,
      Array.from({ length: 30_000 }, (_, i) => `line ${i}`),
    ),
  ).toBe(30_000);

  expect(await sql('select seq, length(text) as length from job_log_lines where job_id = $1 order by seq', [wide])).toEqual([
    { seq: '1', length: 5_000_000 },
    { seq: '2', length: 5 },
    { seq: '3', length: 5_000_000 },
  ]);
  const [row] = await sql(
    `select count(*)::int as n, bool_and(text = 'line ' || seq - 1) as ordered from job_log_lines where job_id = $1`,
    [many],
  );
  expect(row).toEqual({ n: 30_000, ordered: true });
});

test('a row that does not fit writes none of its batch and moves no head', async () => {
  const id = await aJob();
  await appendLines(app.system, id, ['first']);

  await expect(append(em(), target(id), [aLine(id, 'good'), { ...aLine(id, 'bad'), level: 'LOUD' }])).rejects.toThrow(/level_check/);

  expect(await headOf(id)).toBe(1);
  expect(await stored(id)).toEqual([{ seq: '1', text: 'first' }]);
});
