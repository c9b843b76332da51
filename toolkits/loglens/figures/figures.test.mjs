import { expect, test } from 'vitest';
import { clip } from './clip.mjs';
import { ErrorJumps } from './error-jumps.mjs';
import { LineCounts } from './line-counts.mjs';
import { LogHistogram } from './log-histogram.mjs';
import { MessageGroups } from './message-groups.mjs';
import { SlowestRequests } from './slowest-requests.mjs';

test('quantiles of durations are within 5 %, mean and maximum are exact', () => {
  const histogram = new LogHistogram();
  for (let ms = 1; ms <= 10_000; ms += 1) histogram.add(ms);

  expect([histogram.count, histogram.meanMs, histogram.maxMs]).toEqual([10_000, 5000.5, 10_000]);
  expect(Math.abs(histogram.quantileMs(0.5) / 5000 - 1)).toBeLessThan(0.05);
  expect(Math.abs(histogram.quantileMs(0.95) / 9500 - 1)).toBeLessThan(0.05);
});

test('durations of nothing and of days are counted', () => {
  const histogram = new LogHistogram();
  histogram.add(0);
  histogram.add(1e12);

  expect([histogram.count, histogram.maxMs, histogram.quantileMs(0.5)]).toEqual([2, 1e12, 0.01 * 1.1 ** -0.5]);
});

test('a jump of the error rate is found once, thin buckets taken together', () => {
  const jumps = new ErrorJumps();
  const judge = (second, lines, errors) => jumps.judge({ startMs: second * 1000, widthMs: 1000, lines, errors });
  for (let second = 0; second < 10; second += 1) expect(judge(second, 10, 0)).toBeUndefined();

  expect(judge(10, 10, 5)).toBeUndefined();
  expect(judge(11, 10, 5)).toEqual({ startMs: 10_000, rate: 0.5, rateBefore: 0 });
  for (let second = 12; second < 30; second += 1) expect(judge(second, 10, 5)).toBeUndefined();
  expect(jumps.list).toHaveLength(1);
});

test('the slowest requests are kept in order', () => {
  const slowest = new SlowestRequests(3);
  for (const durationMs of [5, 1, 9, undefined, 7, 2]) {
    slowest.add({ durationMs, method: 'GET', path: `/${durationMs}`, status: 200 }, 0);
  }

  expect(slowest.list.map(({ durationMs }) => durationMs)).toEqual([9, 7, 5]);
});

test('a message group keeps its first example and its first and last time', () => {
  const groups = new MessageGroups();
  const add = (text, timeMs) => groups.add({ template: 'user <num>', text, level: 'INFO', timeMs });

  expect([add('user 1', 200), add('user 2', 100), add('user 3', undefined)]).toEqual([true, false, false]);
  expect(groups.top(1).rows).toEqual([
    ['user <num>', { count: 3, missed: 0, level: 'INFO', example: 'user 1', firstMs: 100, lastMs: 200 }],
  ]);
});

test('plain lines are unparsed only in a file of another format', () => {
  const plain = new LineCounts();
  for (let at = 0; at < 20; at += 1) plain.addEntry('plain', 'x');
  plain.addEntry('json', '{}');
  const json = new LineCounts();
  json.addEntry('json', '{}');
  json.addEntry('plain', 'x');

  expect([plain.mainFormat, plain.unparsed]).toEqual(['plain', 0]);
  expect([json.mainFormat, json.unparsed]).toEqual(['json', 1]);
  expect(json.unparsedExamples).toEqual(['x']);
});

test('a clipped text has no control characters and no half characters', () => {
  expect(clip('a\0b\tc\u001bd', 100)).toBe('a\uFFFDb\tc\uFFFDd');
  expect(clip('ab😀cd', 4)).toBe('ab\uFFFD…');
});
