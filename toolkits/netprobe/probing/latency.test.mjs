import { expect, test } from 'vitest';
import { latency } from './latency.mjs';

test('percentiles are by nearest rank, whatever the order', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);

  expect(latency(values)).toEqual({ min: 1, p50: 50, p90: 90, p99: 99, max: 100 });
});

test('of few values each percentile is one of them', () => {
  expect(latency([3, 1, 2])).toEqual({ min: 1, p50: 2, p90: 3, p99: 3, max: 3 });
  expect(latency([1.23456])).toEqual({ min: 1.23, p50: 1.23, p90: 1.23, p99: 1.23, max: 1.23 });
});

test('nothing has no percentiles', () => {
  expect(latency([])).toBeNull();
});
