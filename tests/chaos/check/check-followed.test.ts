import { expect, test } from 'vitest';
import { checkFollowed } from './check-followed.ts';
import type { History, Item, SeenPage } from './history.ts';

// Two attempts of three lines and of four.
const rows: Item[] = [1, 1, 1, 2, 2, 2, 2].map((attempt, i) => ({ seq: i + 1, attempt, what: `line ${i + 1}` }));
const line = (seq: number): Item => rows[seq - 1]!;

const page = (state: string, position: number, items: Item[] = []): SeenPage => ({ state, position, items, total: null, reason: null });
const end = (items: Item[] = []): SeenPage => ({ state: 'ENDED', position: 7, items, total: 7, reason: 'SUCCEEDED' });
const history = (...connections: SeenPage[][]): History => ({ name: 'someone', start: { after: 0 }, connections });
const check = (seen: History): string[] => checkFollowed(seen, rows, 'SUCCEEDED').map((problem) => problem.replace('someone: ', ''));

test('who saw every line once and in order, over as many connections as it took, saw what it had to', () => {
  const whole = history(
    [page('REPLAYING', 2, [line(1), line(2)]), page('LIVE', 3, [line(3)]), page('LIVE', 3)],
    [page('LIVE', 3), page('LIVE', 6, [line(4), line(5), line(6)])],
    [end([line(7)])],
  );

  expect(check(whole)).toEqual([]);
});

test('who began late has to see the rest', () => {
  expect(check({ name: 'someone', start: 'now', connections: [[page('LIVE', 5)], [end([line(6), line(7)])]] })).toEqual([]);
  expect(check({ name: 'someone', start: 'now', connections: [[page('LIVE', 5)], [end([line(7)])]] })).toEqual([
    '6 to 6 are missing before 7',
  ]);
});

test('who asked for the last lines has to get as many, unless there were not so many', () => {
  const last = (count: number): History => ({
    name: 'someone',
    start: { last: count },
    connections: [[page('LIVE', 5, [line(4), line(5)]), end([line(6), line(7)])]],
  });

  expect(check(last(2))).toEqual([]);
  expect(check(last(3))).toEqual(['asked for the last 3, and got 2 although there were more']);
});

test('a lost line is named', () => {
  expect(check(history([page('LIVE', 3, [line(1), line(3)]), end([line(4), line(5), line(6), line(7)])]))).toEqual([
    '2 to 2 are missing before 3',
  ]);
});

test('lines that are lost at the end are named', () => {
  expect(check(history([page('LIVE', 5, rows.slice(0, 5)), end()]))).toEqual(['6 to 7 never came']);
});

test('a doubled line is named', () => {
  expect(check(history([page('LIVE', 3, rows.slice(0, 3))], [page('LIVE', 4, [line(3), line(4)]), end(rows.slice(4))]))).toEqual([
    '3 came twice',
  ]);
});

test('a swapped order is named', () => {
  expect(check(history([page('LIVE', 3, [line(1), line(3), line(2)]), end(rows.slice(3))]))).toEqual([
    '2 to 2 are missing before 3',
    '2 came after 3',
  ]);
});

test('a line of an old attempt behind one of a newer attempt is named', () => {
  const late = { ...line(5), attempt: 1 };

  expect(check(history([page('LIVE', 5, [...rows.slice(0, 4), late]), end([line(6), line(7)])]))).toEqual([
    '5 is "1 line 5" and in the database "2 line 5"',
    '5 is of attempt 1 and comes after attempt 2',
  ]);
});

test('a line that reads differently in the database is named', () => {
  expect(check(history([page('LIVE', 1, [{ ...line(1), what: 'something else' }]), end(rows.slice(1))]))).toEqual([
    '1 is "1 something else" and in the database "1 line 1"',
  ]);
});

test('a missing end, a wrong one, and pages behind it are named', () => {
  expect(check(history([page('LIVE', 7, rows)]))).toEqual(['it never ended']);
  expect(check(history([{ ...end(rows), total: 8 }]))).toEqual(['its end says 8 items and SUCCEEDED, and there are 7 and SUCCEEDED']);
  expect(check(history([{ ...end(rows), reason: 'FAILED' }]))).toEqual(['its end says 7 items and FAILED, and there are 7 and SUCCEEDED']);
  expect(check(history([end(rows), page('LIVE', 7)]))).toEqual(['page 2 of a connection is LIVE after ENDED', 'it never ended']);
  expect(check(history([end(rows)], [end()]))).toEqual(['pages come after the end']);
});

test('states that may not follow one another, and RESET, are named', () => {
  expect(check(history([page('LIVE', 1, [line(1)]), page('REPLAYING', 2, [line(2)]), end(rows.slice(2))]))).toEqual([
    'page 2 of a connection is REPLAYING after LIVE',
  ]);
  expect(check(history([page('RESET', 0), page('LIVE', 0), end(rows)]))).toEqual([
    'page 1 of a connection is RESET after nothing',
    'page 2 of a connection is LIVE after RESET',
  ]);
});

test('a cursor that goes back, or stays although something came, is named', () => {
  expect(check(history([page('LIVE', 3, rows.slice(0, 3)), page('LIVE', 2), end(rows.slice(3))]))).toEqual([
    'the cursor goes back from 3 to 2',
  ]);
  expect(check(history([page('LIVE', 3, rows.slice(0, 2)), page('LIVE', 3, [line(3)]), end(rows.slice(3))]))).toEqual([
    'a page with items has the cursor 3 of the page before',
  ]);
});
