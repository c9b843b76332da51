import { expect, test } from 'vitest';
import { Quota } from './quota.js';

test('what fits is taken, to the last byte', () => {
  const quota = new Quota({ bytes: 10 });

  expect([6, 0, 4, 0].map((bytes) => quota.takes(bytes))).toEqual([true, true, true, true]);
  expect(quota.leftOut).toEqual({ items: 0, bytes: 0 });
});

test('once something did not fit, nothing that follows is taken, however small, and all of it is counted', () => {
  const quota = new Quota({ bytes: 10 });

  expect([6, 5, 1, 0].map((bytes) => quota.takes(bytes))).toEqual([true, false, false, false]);
  expect(quota.leftOut).toEqual({ items: 3, bytes: 6 });
});

test('a number of items is a limit as well', () => {
  const quota = new Quota({ items: 2, bytes: 10 });

  expect([1, 1, 1].map((bytes) => quota.takes(bytes))).toEqual([true, true, false]);
  expect(quota.leftOut).toEqual({ items: 1, bytes: 1 });
});
