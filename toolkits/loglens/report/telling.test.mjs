import { expect, test } from 'vitest';
import { Narrator } from './narrator.mjs';
import { ProgressTeller } from './progress-teller.mjs';
import { writeCount, writeDuration, writeShare, writeSize } from './written-numbers.mjs';

test('progress is told at each 5 %, and four times a second in between', async () => {
  const told = [];
  let nowMs = 0;
  const teller = new ProgressTeller(
    async ({ progress }) => told.push(progress),
    1000,
    () => nowMs,
  );
  await teller.start();
  for (const [bytesRead, atMs] of [
    [10, 100],
    [20, 250],
    [30, 499],
    [40, 500],
    [50, 501],
    [990, 502],
    [1000, 503],
  ]) {
    nowMs = atMs;
    await teller.advance(bytesRead, 1);
  }
  await teller.finish(7);

  expect(told).toEqual([0, 2, 4, 5, 99, 100]);
});

test('the message of a progress step tells percent, bytes and lines', async () => {
  const told = [];
  const teller = new ProgressTeller(async (step) => told.push(step), 3_000_000_000);
  await teller.advance(1_234_567_890, 12_345_678);

  expect(told).toEqual([
    {
      message: '41 % · 1.2 GB of 3.0 GB · 12,345,678 lines',
      progress: 41.1,
      payload: { bytesRead: 1_234_567_890, sizeBytes: 3_000_000_000, lines: 12_345_678 },
    },
  ]);
});

test('log lines wait in their order until they are flushed, one after the other', async () => {
  const told = [];
  const narrator = new Narrator(async (level, text) => {
    await Promise.resolve();
    told.push(`${level} ${text}`);
  }, 100);
  narrator.detected('json');
  narrator.errorJump({ startMs: 0, rate: 0.5, rateBefore: 0.012 });
  narrator.milestone(35, { lines: 1234, errors: 5 });
  narrator.milestone(39, { lines: 1300, errors: 5 });
  expect(told).toEqual([]);
  await narrator.flush();

  expect(told).toEqual([
    'INFO Format: JSON lines',
    'WARN The error rate jumps from 1.2 % to 50 % at 1970-01-01T00:00:00.000Z',
    'INFO 30 % · 35 B of 100 B · 1,234 lines · 5 errors',
  ]);
});

test('numbers are written for people', () => {
  expect([0, 999, 1000, 999_950, 12_345_678_901].map(writeSize)).toEqual(['0 B', '999 B', '1.0 kB', '1.0 MB', '12.3 GB']);
  expect([0, 0.003, 0.41, 1].map(writeShare)).toEqual(['0 %', '0.3 %', '41 %', '100 %']);
  expect([0.5, 1200].map(writeDuration)).toEqual(['0.5 ms', '1.2 s']);
  expect(writeCount(12_345_678)).toBe('12,345,678');
});
