import { expect, test } from 'vitest';
import { signIn } from '../../support/client.js';
import { cancel, childOf, enqueue, gone, jobIn, openSql, startProbeApp } from '../../support/probe.js';

const app = await startProbeApp();
const auth = await signIn(app.url);
const sql = await openSql(app.databaseUrl);

interface Line {
  seq: string;
  attempt: number;
  level: string;
  text: string;
}

const linesOf = (id: string) =>
  sql<Line>('select seq, attempt, level, text from job_log_lines where job_id = $1 order by job_log_lines.seq', [id]);
const logBytesOf = async (id: string) => Number((await sql('select log_bytes from jobs where id = $1', [id]))[0]!.log_bytes);
const bytesIn = (lines: readonly Line[]): number => lines.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
const full = 'The log of a job may hold 100000 bytes, and this one is full: further lines of this run are left out';

/** Runs `chatter`, whose log may hold 100,000 bytes; its lines have ten. */
async function chat(parameters: object, status = 'SUCCEEDED') {
  const { id } = await enqueue(app.url, 'probe.chatter', parameters, auth);
  await jobIn(app.url, id, status, auth, 60_000);
  return { id, lines: await linesOf(id) };
}

test('a log that just fits is stored without a word about limits, and the job shows what it holds', async () => {
  const { id, lines } = await chat({ lines: 10_000 });

  expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: 10_000 }, (_, i) => String(i + 1).padStart(10, '0')));
  expect(await logBytesOf(id)).toBe(100_000);
});

test('fields count as well', async () => {
  const { id, lines } = await chat({ lines: 100, logs: true });

  expect(lines.length).toBe(100);
  expect(await logBytesOf(id)).toBe(100 * (10 + '{"i":1}'.length));
});

test('what goes beyond is left out, which one line says where it begins and one at the end', async () => {
  const { id, lines } = await chat({ lines: 60_000 });

  expect(lines.length).toBe(10_002);
  expect(lines[9_999]!.text).toBe('0000010000');
  expect(lines.slice(10_000).map(({ level, text }) => [level, text])).toEqual([
    ['WARN', full],
    ['WARN', '50000 lines with 500000 bytes were left out'],
  ]);
  expect(lines.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: 10_002 }, (_, i) => i + 1));
  expect(await logBytesOf(id)).toBe(bytesIn(lines));
}, 70_000);

test('a job that runs again has what its first run left, and at least a reserve', async () => {
  const { lines } = await chat({ lines: 8_000, fails: true }, 'FAILED');

  // 20,000 bytes are left, less than the reserve of 65,536.
  const second = lines.filter(({ attempt }) => attempt === 2);
  expect(lines.length - second.length).toBe(8_000);
  expect(second.slice(0, 6_553).map(({ text }) => text)).toEqual(Array.from({ length: 6_553 }, (_, i) => String(i + 1).padStart(10, '0')));
  expect(second.slice(6_553).map(({ text }) => text)).toEqual([full, '1447 lines with 14470 bytes were left out']);
}, 60_000);

test('a flood beyond the quota is over soon, and its job can be cancelled meanwhile', async () => {
  const { id } = await enqueue(app.url, 'probe.chatter', { lines: 100_000_000 }, auth);
  await jobIn(app.url, id, 'RUNNING', auth);

  expect(await cancel(app.url, id, auth)).toBe('RUNNING');
  await jobIn(app.url, id, 'CANCELLED', auth, 20_000);

  expect((await linesOf(id)).length).toBeLessThanOrEqual(10_002);
}, 60_000);

test('steps beyond the quota are left out, which one step says where it begins and one at the end', async () => {
  const { id } = await enqueue(app.url, 'probe.steps', { steps: 12_000 }, auth);
  await jobIn(app.url, id, 'SUCCEEDED', auth, 60_000);

  const events = await sql('select seq, status, phase, message, progress from job_events where job_id = $1 order by job_events.seq', [id]);
  expect(events.length).toBe(2 + 10_000 + 2 + 1);
  expect(events.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: 10_005 }, (_, i) => i + 1));
  expect(events.slice(2, 10_002).map(({ message }) => message)).toEqual(Array.from({ length: 10_000 }, (_, i) => `step ${i + 1}`));
  expect(events.slice(10_002).map(({ status, phase, message, progress }) => [status, phase, message, progress])).toEqual([
    [
      'RUNNING',
      null,
      'A run may tell 10000 steps with 16777216 bytes: further steps of this run are not kept, only the newest is shown by the job',
      null,
    ],
    ['RUNNING', 'running', '2000 steps were left out', 100],
    ['SUCCEEDED', null, 'Done', 100],
  ]);
}, 70_000);

test('the job goes on to show the newest step when steps are no longer kept', async () => {
  const { id } = await enqueue(app.url, 'probe.steps', { steps: 100_000_000 }, auth);
  await jobIn(app.url, id, 'RUNNING', auth);
  await expect
    .poll(async () => (await sql('select message from jobs where id = $1', [id]))[0]!.message, { timeout: 40_000 })
    .toMatch(/^step [1-9]\d{4,}$/);

  await cancel(app.url, id, auth);
  await jobIn(app.url, id, 'CANCELLED', auth, 20_000);
}, 70_000);

test('a run that takes memory outside of its heap is ended, and says how much it took', async () => {
  const { id } = await enqueue(app.url, 'probe.hoard', {}, auth);
  const job = await jobIn(app.url, id, 'FAILED', auth, 60_000);

  expect(job.error).toMatch(/^The run took \d+ MiB of memory; it may take 64 MiB of heap and 256 MiB beside it$/);
  expect(Number(/\d+/.exec(job.error as string)![0])).toBeGreaterThan(320);
  await gone(await childOf(app.url, id, auth));
}, 70_000);

test('a run that has used up its processor time is ended', async () => {
  const { id } = await enqueue(app.url, 'probe.burn', {}, auth);
  const job = await jobIn(app.url, id, 'FAILED', auth, 60_000);

  expect(job.error).toBe('The run used more than 1500 ms of processor time');
  await gone(await childOf(app.url, id, auth));
}, 70_000);

test('a run opens no more files than it may, and gives way to others', async () => {
  const { id } = await enqueue(app.url, 'probe.open', {}, auth);
  await jobIn(app.url, id, 'SUCCEEDED', auth);

  const [job] = await sql('select result from jobs where id = $1', [id]);
  expect(job!.result).toMatchObject({ code: 'EMFILE' });
  expect(job!.result.opened).toBeLessThan(1_024);
  expect(job!.result.priority).toBeGreaterThanOrEqual(10);
});
