import { expect, test } from 'vitest';
import { TopCounter } from './top-counter.mjs';

const emptySlot = () => ({ count: 0, missed: 0 });

/**
 * @param {number} capacity
 * @param {string} keys one letter each
 */
function count(capacity, keys) {
  const counter = new TopCounter(capacity, emptySlot);
  for (const key of keys) counter.add(key);
  return counter;
}

test('counts are exact while all keys fit', () => {
  expect(count(4, 'abacabad').top(2)).toEqual({
    isApproximate: false,
    missedUpTo: 0,
    rows: [
      ['a', { count: 4, missed: 0 }],
      ['b', { count: 2, missed: 0 }],
    ],
  });
});

test('a full counter evicts the rare half and keeps the frequent keys exactly', () => {
  const counter = count(4, 'aaaabbbcde');

  expect(counter.size).toBe(3);
  expect(counter.top(2)).toEqual({
    isApproximate: false,
    missedUpTo: 0,
    rows: [
      ['a', { count: 4, missed: 0 }],
      ['b', { count: 3, missed: 0 }],
    ],
  });
});

test('a key that comes back says how much it may have missed', () => {
  const counter = count(4, 'aaaabbbccdec');
  const { isApproximate, missedUpTo, rows } = counter.top(3);

  expect(isApproximate).toBe(true);
  expect(missedUpTo).toBe(2);
  expect(rows.map(([key]) => key)).toEqual(['a', 'b', 'e']);
  expect(rows[2][1]).toEqual({ count: 1, missed: 2 });
});

test('no count is too high, and none is too low by more than was missed', () => {
  const truth = new Map();
  const counter = new TopCounter(100, emptySlot);
  for (let at = 0; at < 50_000; at += 1) {
    const key = `k${Math.floor((((at * 48271) % 2147483647) % 1000) ** 2 / 1000)}`;
    truth.set(key, (truth.get(key) ?? 0) + 1);
    counter.add(key);
  }
  const { rows } = counter.top(100);

  expect(counter.size).toBeLessThanOrEqual(100);
  expect(rows.filter(([key, slot]) => slot.count > truth.get(key))).toEqual([]);
  expect(rows.filter(([key, slot]) => slot.count + slot.missed < truth.get(key))).toEqual([]);
});

test('an order of its own is approximate as soon as anything was evicted', () => {
  const byKey = () => 0;

  expect(count(4, 'abcd').top(1, byKey).isApproximate).toBe(false);
  expect(count(4, 'aabcde').top(1, byKey).isApproximate).toBe(true);
});
