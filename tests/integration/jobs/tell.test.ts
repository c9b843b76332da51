import { expect, test } from 'vitest';
import { signIn } from '../../support/client.js';
import { TestFeed } from '../../support/feed.js';
import { enqueue, jobOf, startProbeApp } from '../../support/probe.js';

const app = await startProbeApp();
const auth = await signIn(app.url);

/** Lets a run tell things; returns its job, lines and events when it has ended. */
async function told(script: object) {
  const { id, cursor } = await enqueue(app.url, 'probe.tell', { script: JSON.stringify(script) }, auth);
  const follow = (name: string, fields: string) =>
    new TestFeed(
      app.url,
      `subscription { ${name}(jobId: "${id}", after: "${cursor}") { state cursor total reason items { ${fields} } } }`,
      {},
      auth,
      name,
    );
  const lines = follow('jobLogs', 'seq stream level text fields');
  const events = follow('jobProgress', 'seq status phase message progress payload');
  await Promise.all([lines.ended(), events.ended()]);
  await Promise.all([lines.stop(), events.stop()]);
  return { job: await jobOf(app.url, id, auth), lines: lines.items, events: events.items.slice(2, -1) };
}

test('[toolbox-34] a progress event tells status, message, progress and, when the run gave one, a payload', async () => {
  const { job, events } = await told({
    steps: [
      { status: 'reading', message: 'half of it', progress: 50, payload: { bytes: 12, files: ['a', 'b'] } },
      { status: 'reading', message: 'the rest', progress: 99.5 },
    ],
  });

  expect(job.status).toBe('SUCCEEDED');
  expect(events.map(({ seq: _seq, ...event }) => event)).toEqual([
    { status: 'RUNNING', phase: 'reading', message: 'half of it', progress: 50, payload: { bytes: 12, files: ['a', 'b'] } },
    { status: 'RUNNING', phase: 'reading', message: 'the rest', progress: 99.5, payload: null },
  ]);
});

test('progress stays between 0 and 100, and what is no number does not end the run', async () => {
  const { job, events } = await told({
    steps: [{ progress: -5 }, { progress: 250 }, { progress: 'soon' }, {}, { progress: 33 }],
  });

  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  expect(events.map(({ progress }) => progress)).toEqual([0, 100, 0, null, 33]);
});

test('NUL characters and lone surrogates are replaced, wherever they stand', async () => {
  const { job, lines, events } = await told({
    prints: ['a\0b', 'c\ud800d'],
    logs: [['INFO', 'e\0f\udc00g', { text: 'h\0i', list: ['\ud83d'] }]],
    steps: [{ status: '\0', message: 'j\0k', payload: { text: '\0', deep: { text: '\udfff' } } }],
    result: { text: 'l\0m' },
  });

  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  expect(lines.filter(({ stream }) => stream === 'STDOUT').map(({ text }) => text)).toEqual(['a\ufffdb', 'c\ufffdd']);
  expect(lines.filter(({ stream }) => stream === 'STRUCTURED').map(({ text, fields }) => [text, fields])).toEqual([
    ['e\ufffdf\ufffdg', { text: 'h\ufffdi', list: ['\ufffd'] }],
  ]);
  expect(events.map(({ phase, message, payload }) => [phase, message, payload])).toEqual([
    ['\ufffd', 'j\ufffdk', { text: '\ufffd', deep: { text: '\ufffd' } }],
  ]);
  expect(job.result).toEqual({ text: 'l\ufffdm' });
});

test('keys that the database cannot store do not end the run', async () => {
  const { job, lines } = await told({ logs: [['INFO', 'odd keys', { 'a\0b': 1, '\ud800': 2 }]] });

  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  expect(lines.map(({ text, fields }) => [text, Object.values(fields).sort()])).toEqual([['odd keys', [1, 2]]]);
});

test('a printed line longer than 16,384 characters becomes several, with nothing lost between them', async () => {
  const { job, lines } = await told({ prints: ['0123456789'], repeat: 5_000 });

  expect(job.status).toBe('SUCCEEDED');
  expect(lines.map(({ text }) => text.length)).toEqual([16_384, 16_384, 16_384, 848]);
  expect(lines.map(({ text }) => text).join('')).toBe('0123456789'.repeat(5_000));
});

test('a long line of characters beyond the basic plane arrives whole', async () => {
  const { job, lines } = await told({ prints: ['x🚦'], repeat: 30_000 });

  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  const texts = lines.map(({ text }) => text as string);
  expect(texts.join('') === 'x🚦'.repeat(30_000)).toBe(true);
  expect(texts.every((text) => text.length <= 16_384)).toBe(true);
});

test('a logged line is cut after 16,384 characters, also between the halves of one', async () => {
  const { job, lines } = await told({
    logs: [
      ['INFO', 'b'.repeat(20_000)],
      ['WARN', `c${'🚦'.repeat(10_000)}`],
    ],
  });

  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  expect(lines[0]).toMatchObject({ level: 'INFO', text: 'b'.repeat(16_384) });
  expect(lines[1]!.text.slice(0, 16_383)).toBe(`c${'🚦'.repeat(8_191)}`);
  expect(lines[1]!.text.length).toBeLessThanOrEqual(16_384);
});

test('a logged line of nine megabytes does not end the run', async () => {
  const { job, lines } = await told({ logs: [['INFO', 'd', null, 9_000_000]], result: 'done' });

  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null, result: 'done' });
  expect(lines.map(({ text }) => text.length)).toEqual([16_384]);
});

test('a level that does not exist does not end the run', async () => {
  const { job, lines } = await told({
    logs: [
      ['info', 'in small letters'],
      ['FATAL', 'a level of others'],
      ['ERROR', 'one of ours'],
    ],
  });

  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  expect(lines.map(({ level, text }) => [level, text])).toEqual([
    ['INFO', 'in small letters'],
    ['INFO', 'a level of others'],
    ['ERROR', 'one of ours'],
  ]);
});

test('a status or message that is no text does not end the run', async () => {
  const { job, events } = await told({
    steps: [
      { status: 7, message: { nested: true } },
      { message: null, progress: null },
    ],
  });

  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  expect(events.map(({ phase, message }) => [phase, message])).toEqual([
    ['7', '[object Object]'],
    [null, null],
  ]);
});

test('empty lines and lines that end in carriage returns are lines', async () => {
  const { lines } = await told({ prints: ['', 'windows\r', '', 'end'] });

  expect(lines.map(({ text }) => text)).toEqual(['', 'windows', '', 'end']);
});

test.each([null, 0, '', false, [], 'text', { a: null }])('the result %j is kept as it is', async (result) => {
  const { job } = await told({ result });

  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  expect(job.result).toEqual(result);
});
