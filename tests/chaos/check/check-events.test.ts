import { expect, test } from 'vitest';
import { checkEvents, type SeenEvent } from './check-events.ts';
import type { History } from './history.ts';

const expected = ['a', 'b', 'c', 'd'];
const seen = (...ids: string[]): History<SeenEvent> => ({
  name: 'someone',
  start: { after: 10 },
  connections: [[{ state: 'LIVE', position: 20, items: ids.map((id) => ({ id })), total: null, reason: null }]],
});
const check = (history: History<SeenEvent>): string[] => checkEvents(history, expected).map((problem) => problem.replace('someone: ', ''));

test('who saw exactly what was to be seen, in its order, saw what it had to', () => {
  expect(check(seen('a', 'b', 'c', 'd'))).toEqual([]);
});

test('a missing event is named, wherever it stands', () => {
  expect(check(seen('b', 'c', 'd'))).toEqual(['event a never came']);
  expect(check(seen('a', 'c', 'd'))).toEqual(['event b never came']);
  expect(check(seen('a', 'b', 'c'))).toEqual(['event d never came']);
});

test('a doubled event is named', () => {
  expect(check(seen('a', 'b', 'b', 'c', 'd'))).toEqual(['event b came twice']);
});

test('events in another order than that of everything are named', () => {
  expect(check(seen('a', 'c', 'b', 'd'))).toEqual(['event b came after c, and stands before it']);
});

test('an event that was not to be seen is named', () => {
  expect(check(seen('a', 'b', 'x', 'c', 'd'))).toEqual(['event x was not to be seen']);
});
