import { expect, test } from 'vitest';
import { AppError } from '#core/errors/app-error.js';
import { decodeCursor, encodeCursor } from './cursor.js';

const refusal = (act: () => unknown): { code: string; message: string; paths: unknown } => {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, message: error.message, paths: error.details.paths };
    throw error;
  }
  throw new Error('nothing was refused');
};
const written = (content: unknown): string => Buffer.from(JSON.stringify(content)).toString('base64url');

test('a cursor gives back the position of each stream that it was made for', () => {
  const cursor = encodeCursor({ 'job_events:a': 0, 'job_log_lines:a': 17, '*': Number.MAX_SAFE_INTEGER });

  expect(decodeCursor(cursor, 'job_events:a')).toBe(0);
  expect(decodeCursor(cursor, 'job_log_lines:a')).toBe(17);
  expect(decodeCursor(cursor, '*')).toBe(9_007_199_254_740_991);
});

test('a cursor can stand in a URL as it is', () => {
  const cursors = Array.from({ length: 300 }, (_, i) => encodeCursor({ [`job_events:${'?>~ü'.repeat(i % 7)}`]: i }));

  expect(cursors.filter((cursor) => encodeURIComponent(cursor) !== cursor)).toEqual([]);
});

test('a cursor of another stream is bad input at the argument that brought it', () => {
  const cursor = encodeCursor({ 'job_events:a': 3 });

  expect(refusal(() => decodeCursor(cursor, 'job_events:b'))).toEqual({
    code: 'BAD_USER_INPUT',
    message: 'after is a cursor of another stream',
    paths: ['after'],
  });
  expect(refusal(() => decodeCursor(cursor, 'toString', 'before'))).toEqual({
    code: 'BAD_USER_INPUT',
    message: 'before is a cursor of another stream',
    paths: ['before'],
  });
});

test.each([
  ['nothing', ''],
  ['a word', 'garbage'],
  ['characters outside base64', '!!%%'],
  ['JSON that is no array', written({ a: 1 })],
  ['null', written(null)],
  ['another version', written([2, { s: 1 }])],
  ['a version without positions', written([1])],
  ['positions that are null', written([1, null])],
  ['positions in a list', written([1, [1]])],
  ['a cursor of an ordered list', written([1, 'Job:createdAt,id', '2026-11-21', 'x'])],
  ['a negative position', written([1, { s: -1 }])],
  ['a fraction', written([1, { s: 1.5 }])],
  ['a text as position', written([1, { s: '1' }])],
  ['a position that is null', written([1, { s: null }])],
  ['a position beyond what is exact', written([1, { s: 2 ** 53 }])],
])('%s is not a cursor', (_case, cursor) => {
  expect(refusal(() => decodeCursor(cursor, 's'))).toMatchObject({
    code: 'BAD_USER_INPUT',
    message: expect.stringContaining('after is not a cursor of Signalbox'),
    paths: ['after'],
  });
});
