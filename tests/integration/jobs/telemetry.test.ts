import { afterAll, beforeEach, expect, test } from 'vitest';
import { sql as sqlText } from '#core/database/sql.js';
import { TelemetryIntake } from '#domains/jobs/telemetry/telemetry-intake.js';
import { data, signIn } from '../../support/client.js';
import { followFeed } from '../../support/feed.js';
import { cancel, childOf, enqueue, eventually, jobIn, jobOf, openSql, startProbeApp, startWorker } from '../../support/probe.js';
import { openProxy } from '../../support/proxy.js';
import { findRedis, killClients } from '../../support/redis.js';

const found = await findRedis();
const settings = { ROLE: 'api', REDIS_URL: found?.url ?? '' };
// Two processes of one installation: each could exchange telemetry, one does.
const app = await startProbeApp(settings);
const other = await startProbeApp({ ...settings, DATABASE_URL: app.databaseUrl });
const auth = await signIn(app.url);
const sql = await openSql(app.databaseUrl);
const connection = `signalbox:${new URL(app.databaseUrl).pathname.slice(1)}:telemetry`;

const texts = new Map<string, string[]>();
const foreigner = await found?.redis.duplicate().connect();
await foreigner?.pSubscribe('toolkit:probe:job:*', (text, channel) => void texts.set(channel, [...(texts.get(channel) ?? []), text]));
afterAll(() => foreigner?.destroy());

beforeEach(({ skip }) => skip(!found, 'there is no Redis'));

const channelOf = (id: string): string => `toolkit:probe:job:${id}`;
const published = (id: string): string[] => texts.get(channelOf(id)) ?? [];
const leaders = () =>
  sql(`select a.pid from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and a.datname = current_database() and a.application_name like 'signalbox lead telemetry %'`);
const eventsOf = async (id: string) =>
  (
    await data(
      other.url,
      'query($id: ID!) { job(id: $id) { events(first: 500) { nodes { seq attempt status phase message progress payload } } } }',
      { id },
      auth,
    )
  ).job.events.nodes;
/** Publishes as another program does, once somebody of Signalbox hears it. */
async function tell(id: string, message: unknown, channel = channelOf(id)): Promise<void> {
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  await eventually(
    'the ears of Signalbox',
    async () => (await found!.redis.sendCommand(['CLIENT', 'LIST'])) as string,
    (clients) => clients.split('\n').some((line) => line.includes(`name=${connection} `) && line.includes(' psub=1 ')),
  );
  await found!.redis.publish(channel, text);
}
const waiting = async () => (await enqueue(app.url, 'probe.print', { lines: 1 }, auth)).id;
const first = { seq: 1, attempt: 0, status: 'QUEUED', phase: null, message: 'Waits in sre-toolbox', progress: 0, payload: null };

test('[toolbox-33] [toolbox-34] every step of a job is published once, in order, on the channel of its toolkit and its id', async () => {
  const steps = Array.from({ length: 700 }, (_, i) => ({ status: 'counting', message: `step ${i}`, progress: i / 7, payload: { i } }));
  const script = JSON.stringify({ steps: [...steps, { message: 'without a word of its own' }] });
  const { id } = await enqueue(app.url, 'probe.tell', { script }, auth);
  await startWorker(app.databaseUrl, { REDIS_URL: found!.url });
  await jobIn(app.url, id, 'SUCCEEDED', auth);

  await eventually(
    'the last step',
    () => published(id),
    (all) => all.length >= 704,
  );

  expect(published(id).map((text) => JSON.parse(text))).toEqual([
    { status: 'QUEUED', message: 'Waits in sre-toolbox', progress: 0, payload: null },
    { status: 'RUNNING', message: expect.stringMatching(/^Runs on /), progress: 0, payload: null },
    ...steps,
    { status: 'RUNNING', message: 'without a word of its own', progress: null, payload: null },
    { status: 'SUCCEEDED', message: 'Done', progress: 100, payload: null },
  ]);
  // What Signalbox has published, no process of it has taken in.
  expect(await sql('select count(*)::int as stored from job_events where job_id = $1', [id])).toEqual([{ stored: 704 }]);
});

test('[toolbox-33] what another program tells of a job is one step of it, whatever number of processes hear it', async () => {
  const id = await waiting();
  const feed = followFeed(other.url, 'jobProgress', id, auth, { last: 10 });
  await feed.until('the first step', ({ items }) => items.length === 1);

  await tell(id, { status: 'crunching', message: 'half of it', progress: 50, payload: { rows: [1, 2] } });
  await tell(id, { progress: 51 });

  await feed.until('the steps', ({ items }) => items.length === 3);
  expect(await eventsOf(id)).toEqual([
    first,
    { seq: 2, attempt: 0, status: 'QUEUED', phase: 'crunching', message: 'half of it', progress: 50, payload: { rows: [1, 2] } },
    { seq: 3, attempt: 0, status: 'QUEUED', phase: null, message: null, progress: 51, payload: null },
  ]);
  expect(await jobOf(app.url, id, auth)).toMatchObject({ status: 'QUEUED', message: 'half of it', progress: 51 });
  // Whoever listens has heard it from that program already.
  await cancel(app.url, id, auth);
  await eventually(
    'the end',
    () => published(id),
    (all) => all.at(-1)!.includes('CANCELLED'),
  );
  expect(published(id).map((text) => JSON.parse(text).message ?? null)).toEqual([
    'Waits in sre-toolbox',
    'half of it',
    null,
    'Cancelled by admin',
  ]);
  await feed.stop();
});

test('what another program tells of a running job comes between the steps of the run, under its attempt', async () => {
  await startWorker(app.databaseUrl, { REDIS_URL: found!.url });
  const { id } = await enqueue(app.url, 'probe.wait', {}, auth);
  await childOf(app.url, id, auth);

  await tell(id, { status: 'helping', message: 'from outside' });
  await eventually(
    'the step',
    () => eventsOf(id),
    (all) => all.some(({ phase }: { phase: string }) => phase === 'helping'),
  );
  const before = (await eventsOf(id)).length;
  await eventually(
    'more of the run',
    () => eventsOf(id),
    (all) => all.length > before,
  );

  const events = await eventsOf(id);
  expect(events.map(({ seq }: { seq: number }) => seq)).toEqual(events.map((_: unknown, i: number) => i + 1));
  expect(events.filter(({ phase }: { phase: string }) => phase === 'helping')).toMatchObject([
    { attempt: 1, status: 'RUNNING', message: 'from outside' },
  ]);
  await cancel(app.url, id, auth);
  await jobIn(app.url, id, 'CANCELLED', auth);
});

test('[toolbox-34] what others tell is cut and clamped like what a run tells, and can always be stored', async () => {
  const id = await waiting();

  await tell(id, { status: 's'.repeat(20_000), message: 'a\0b\ud800', progress: 250, payload: { 'k\0': 'v\0', huge: 1e308 } });
  await tell(id, { message: 'below', progress: -3 });
  const events = await eventually(
    'the steps',
    () => eventsOf(id),
    (all) => all.length === 3,
  );

  expect(events.slice(1)).toEqual([
    {
      seq: 2,
      attempt: 0,
      status: 'QUEUED',
      phase: 's'.repeat(16_384),
      message: 'a\ufffdb\ufffd',
      progress: 100,
      payload: { 'k\ufffd': 'v\ufffd', huge: 1e308 },
    },
    { seq: 3, attempt: 0, status: 'QUEUED', phase: null, message: 'below', progress: 0, payload: null },
  ]);
  await cancel(app.url, id, auth);
});

test('what is no telemetry of a job that goes on changes nothing, and what comes behind it is taken in', async () => {
  const [id, ended] = [await waiting(), await waiting()];
  await cancel(app.url, ended, auth);
  const before = await sql('select * from jobs order by id');
  const deep = `{"payload":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`;
  const bad = [
    '',
    'no JSON',
    '[]',
    '1',
    'null',
    '"text"',
    '{}',
    '{"status":1}',
    '{"message":{}}',
    '{"progress":"50"}',
    '{"payload":[1]}',
    deep,
  ];

  for (const text of [...bad, JSON.stringify({ message: 'x'.repeat(300_000) })]) await tell(id, text);
  await tell(ended, { message: 'not over yet', progress: 1 });
  await tell(id, { message: 'of another toolkit' }, `toolkit:loglens:job:${id}`);
  await tell(id, { message: 'in capitals' }, channelOf(id.toUpperCase()));
  await tell(id, { message: 'of nobody' }, channelOf('01a1fdb9-556c-7014-8000-000000000000'));
  await tell(id, { message: 'of nothing' }, 'toolkit:probe:job:everything');
  expect(await sql('select * from jobs order by id')).toEqual(before);

  await tell(id, { message: 'this one counts' });
  const events = await eventually(
    'the step',
    () => eventsOf(id),
    (all) => all.length > 1,
  );
  expect(events).toMatchObject([first, { seq: 2, message: 'this one counts' }]);
  expect((await eventsOf(ended)).map(({ status }: { status: string }) => status)).toEqual(['QUEUED', 'CANCELLED']);
  await cancel(app.url, id, auth);
});

test('when the leader loses its session one of the processes leads again, and each direction goes on without anything twice', async () => {
  const id = await waiting();
  await tell(id, { message: 'before' });
  await eventually(
    'the step',
    () => eventsOf(id),
    (all) => all.length === 2,
  );
  const [before] = await eventually('one leader', leaders, (all) => all.length === 1);

  await sql('select pg_terminate_backend($1)', [before!.pid]);
  const [after] = await eventually('the next leader', leaders, (all) => all.length === 1 && all[0]!.pid !== before!.pid);
  await tell(id, { message: 'after' });
  await eventually(
    'the next step',
    () => eventsOf(id),
    (all) => all.length === 3,
  );
  await cancel(app.url, id, auth);

  await eventually(
    'the end',
    () => published(id),
    (all) => all.at(-1)!.includes('CANCELLED'),
  );
  expect((await eventsOf(id)).map(({ message }: { message: string }) => message)).toEqual([
    'Waits in sre-toolbox',
    'before',
    'after',
    'Cancelled by admin',
  ]);
  expect(published(id).filter((text) => text.includes('CANCELLED'))).toHaveLength(1);
  expect(after).toBeDefined();
});

test('what happens while Redis is away is published when it is back', async () => {
  const proxy = await openProxy(found!.url, { isCut: true });
  const lone = await startProbeApp({ ROLE: 'api', REDIS_URL: proxy.url });
  const admin = await signIn(lone.url);
  await eventually(
    'some tries',
    () => proxy.refused,
    (refused) => refused >= 2,
  );
  const { id } = await enqueue(lone.url, 'probe.print', { lines: 1 }, admin);
  await cancel(lone.url, id, admin);
  expect(published(id)).toEqual([]);

  proxy.restore();

  await eventually(
    'the end',
    () => published(id),
    (all) => all.length >= 2,
  );
  expect(published(id).map((text) => JSON.parse(text).status)).toEqual(['QUEUED', 'CANCELLED']);
});

test('a connection that is lost comes back with its ears', async () => {
  const id = await waiting();
  await eventually(
    'the first step',
    () => published(id),
    (all) => all.length === 1,
  );

  expect(await killClients(found!.redis, connection)).toBe(1);
  await tell(id, { message: 'heard again' });

  await eventually(
    'the step',
    () => eventsOf(id),
    (all) => all.length === 2,
  );
  await cancel(app.url, id, auth);
  await eventually(
    'the end',
    () => published(id),
    (all) => all.at(-1)!.includes('CANCELLED'),
  );
  expect(published(id).map((text) => JSON.parse(text).message)).toEqual(['Waits in sre-toolbox', 'heard again', 'Cancelled by admin']);
});

test('a process that hears but, as the database says, does not lead any more takes nothing in', async () => {
  const id = await waiting();
  const term = new AbortController();
  const intake = new TelemetryIntake(app.system, { signal: term.signal, holds: sqlText`false` });
  const ended = intake.run();

  intake.heard('{"message":"too late"}', channelOf(id));
  await eventually(
    'the refusal',
    () => intake.ignored,
    (ignored) => ignored === 1,
  );
  term.abort();
  await ended;

  expect(await eventsOf(id)).toEqual([first]);
});

test('what comes faster than it can be stored is bounded: the rest is counted and left out', async () => {
  const id = await waiting();
  const term = new AbortController();
  const intake = new TelemetryIntake(app.system, { signal: term.signal, holds: sqlText`true` });

  for (let i = 1; i <= 10_005; i++) intake.heard(`{"message":"${i}"}`, channelOf(id));
  expect(intake.ignored).toBe(5);
  const ended = intake.run();

  const [row] = await eventually(
    'the steps',
    () => sql('select count(*)::int as stored, max(message) filter (where seq = 10001) as last from job_events where job_id = $1', [id]),
    ([found]) => found!.stored > 1,
  );
  expect(row).toEqual({ stored: 10_001, last: '10000' });
  term.abort();
  await ended;
  expect(intake.ignored).toBe(5);
});
