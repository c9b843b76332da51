import { expect, test } from 'vitest';
import { checkLeaks, type Sample } from './check-leaks.ts';

const sample = (minutes: number, more: Partial<Sample> = {}): Sample => ({
  minutes,
  rssMb: 250,
  heapMb: 80,
  files: 30,
  sockets: 0,
  listeners: 2,
  databaseConnections: 12,
  ...more,
});
const samples = (more: (minutes: number) => Partial<Sample>): Sample[] => Array.from({ length: 12 }, (_, i) => sample(i * 2, more(i * 2)));

test('numbers that go up and down around where they began are no leak', () => {
  expect(
    checkLeaks(samples((minutes) => ({ rssMb: 250 + (minutes % 4) * 20, heapMb: 80 + (minutes % 8), files: 30 + (minutes % 4) }))),
  ).toEqual([]);
});

test('what fills up at first and then stays is no leak', () => {
  expect(checkLeaks(samples((minutes) => ({ heapMb: minutes < 4 ? 60 : 80, rssMb: minutes < 4 ? 150 : 300 })))).toEqual([]);
});

test('a heap, a memory and open files that grow all the time are named', () => {
  expect(checkLeaks(samples((minutes) => ({ heapMb: 80 + minutes })))).toEqual(['heapMb grew by 18.0 from 84.0, and may grow by 8.4']);
  expect(checkLeaks(samples((minutes) => ({ rssMb: 200 + 5 * minutes })))).toEqual(['rssMb grew by 90.0 from 220.0, and may grow by 55.0']);
  expect(checkLeaks(samples((minutes) => ({ files: 30 + minutes })))).toEqual(['files grew by 18.0 from 34.0, and may grow by 6.0']);
});

test('one socket or listener that is left is named, in a short run as well', () => {
  expect(checkLeaks([sample(0), sample(1, { sockets: 1 })])).toEqual(['1 sockets are open after 1.0 min although nobody is connected']);
  expect(checkLeaks([sample(0), sample(1, { listeners: 3 })])).toEqual(['3 listen after 1.0 min, and 2 at the beginning']);
});

test('more connections to the database than a process may have are named', () => {
  expect(checkLeaks([sample(0), sample(1, { databaseConnections: 17 })])).toEqual(['17 connections to the database after 1.0 min']);
});
