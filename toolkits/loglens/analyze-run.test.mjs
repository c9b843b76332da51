import { truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { accessLine } from './testing/access-line.mjs';
import { analyzeBytes } from './testing/analyze-bytes.mjs';

test('a small file shows progress at each 5 % of its bytes and a log line at each 10 %', async () => {
  const { progress, log } = await analyzeBytes(`${accessLine()}\n`.repeat(1000));

  expect(progress.map((step) => Math.round(step.progress))).toEqual(Array.from({ length: 21 }, (_, at) => at * 5));
  expect(progress.at(-1)).toEqual({
    message: '100 % · 68.0 kB of 68.0 kB · 1,000 lines',
    progress: 100,
    payload: { bytesRead: 68_000, sizeBytes: 68_000, lines: 1000 },
  });
  expect(log.filter(({ text }) => /^\d+ % /.test(text))).toHaveLength(9);
});

test('the tail tells the format, each error once and a closing summary', async () => {
  const lines = Array.from({ length: 100 }, (_, at) => `2025-01-02 03:04:05 ERROR order ${at} failed\n`);
  const { log } = await analyzeBytes(lines.join(''));
  const told = log.filter(({ text }) => !/^\d+ % /.test(text)).map(({ level, text }) => `${level} ${text}`);

  expect(told.slice(0, 4)).toEqual([
    'INFO Reading some.txt, 4.2 kB',
    'ERROR New error: order <num> failed',
    'INFO Format: text with timestamps',
    'WARN Most frequent error, 100 times: order <num> failed',
  ]);
  expect(told).toHaveLength(5);
  expect(told[4]).toMatch(/^INFO Done: 100 lines \(4\.2 kB\) in .* · 100 errors, 0 warnings$/);
});

test('a cancellation in the middle of a file stops the reading with its reason', async () => {
  const cancellation = new AbortController();
  const steps = [];
  const reading = analyzeBytes(`${accessLine()}\n`.repeat(10_000), {
    signal: cancellation.signal,
    onProgress: (step) => {
      steps.push(step.progress);
      if (step.progress >= 50) cancellation.abort(new Error('cancelled by Ada'));
    },
  });

  await expect(reading).rejects.toThrow('cancelled by Ada');
  expect(steps).toHaveLength(11);
  expect(steps.at(-1)).toBe(50);
});

test('a run that was cancelled before it began reads nothing', async () => {
  const reading = analyzeBytes(accessLine(), { signal: AbortSignal.abort(new Error('too late')) });

  await expect(reading).rejects.toThrow('too late');
});

test('a file that shrinks while it is read gives a report with a warning', async () => {
  const { report } = await analyzeBytes(`${accessLine()}\n`.repeat(1000), {
    onProgress: (step, path) => {
      if (step.progress === 50) truncateSync(path, 100);
    },
  });

  expect(report.warnings).toEqual(['The file became shorter while it was read.']);
  expect(report.lines.total).toBe(500);
});

test('the report is left as a file too', async () => {
  const { report, file } = await analyzeBytes(`${accessLine()}\n`.repeat(10));

  expect(report.lines.total).toBe(10);
  expect(file).toBe(`${JSON.stringify(report, null, 2)}\n`);
});
