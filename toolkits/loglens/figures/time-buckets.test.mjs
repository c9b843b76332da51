import { expect, test } from 'vitest';
import { TimeBuckets } from './time-buckets.mjs';

const START_MS = Date.UTC(2025, 0, 1);

/** @param {TimeBuckets} buckets */
function total(buckets) {
  return buckets.list().reduce((sum, { lines }) => sum + lines, 0);
}

test('lines within two minutes are counted by the second', () => {
  const buckets = new TimeBuckets();
  buckets.add(START_MS, false);
  buckets.add(START_MS + 1500, true);
  buckets.add(START_MS + 1999, false);

  expect(buckets.list()).toEqual([
    { startMs: START_MS, widthMs: 1000, lines: 1, errors: 0 },
    { startMs: START_MS + 1000, widthMs: 1000, lines: 2, errors: 1 },
  ]);
});

test('the width doubles as the time span grows, and no line is lost', () => {
  const buckets = new TimeBuckets();
  for (let second = 0; second < 1000; second += 1) buckets.add(START_MS + second * 1000, second % 2 === 0);
  const list = buckets.list();

  expect(list[0]).toEqual({ startMs: START_MS, widthMs: 16_000, lines: 16, errors: 8 });
  expect(list).toHaveLength(63);
  expect(total(buckets)).toBe(1000);
});

test('times in reverse and in any order give the same buckets', () => {
  const times = Array.from({ length: 5000 }, (_, at) => START_MS + ((at * 7919) % 5000) * 1000);
  const orders = [times, times.toSorted((a, b) => a - b), times.toSorted((a, b) => b - a)];
  const lists = orders.map((order) => {
    const buckets = new TimeBuckets();
    for (const timeMs of order) buckets.add(timeMs, false);
    return buckets.list();
  });

  expect(lists[1]).toEqual(lists[0]);
  expect(lists[2]).toEqual(lists[0]);
  expect(lists[0].length).toBeLessThanOrEqual(120);
});

test('a far outlier widens the buckets and nothing else', () => {
  const buckets = new TimeBuckets();
  buckets.add(START_MS, false);
  buckets.add(START_MS + 1000 * 86_400_000, false);
  buckets.add(START_MS - 1000 * 86_400_000, false);

  expect(buckets.list().length).toBeLessThanOrEqual(120);
  expect(total(buckets)).toBe(3);
});

test('a bucket is told when a line after it arrives, not when a late one does', () => {
  const closed = [];
  const buckets = new TimeBuckets((bucket) => closed.push(bucket));
  buckets.add(START_MS, true);
  buckets.add(START_MS - 5000, false);
  buckets.add(START_MS + 2000, false);

  expect(closed).toEqual([{ startMs: START_MS, widthMs: 1000, lines: 1, errors: 1 }]);
});
