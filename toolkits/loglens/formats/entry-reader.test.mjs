import { expect, test } from 'vitest';
import { accessLine } from '../testing/access-line.mjs';
import { EntryReader } from './entry-reader.mjs';

const HEADED = '2025-01-02 03:04:05 ERROR boom';

/**
 * @param {string[]} lines
 * @param {string} [format]
 */
function read(lines, format = 'auto') {
  const reader = new EntryReader(format, 0);
  return lines.map((line) => reader.read(line)).map((entry) => (typeof entry === 'string' ? entry : entry.format));
}

test('a format is recognised line by line', () => {
  const lines = [accessLine(), '{"msg":"a"}', accessLine(), HEADED, '{"msg":"b"}', accessLine({ tail: ' "-" "x"' })];

  expect(read(lines)).toEqual(['access-common', 'json', 'access-common', 'timestamped', 'json', 'access-combined']);
});

test('the format that is asked for leaves all others unparsed', () => {
  const lines = [accessLine(), '{"msg":"a"}', HEADED, 'plain'];

  expect(read(lines, 'access')).toEqual(['access-common', 'unparsed', 'unparsed', 'unparsed']);
  expect(read(lines, 'json')).toEqual(['unparsed', 'json', 'unparsed', 'unparsed']);
  expect(read(lines, 'text')).toEqual(['plain', 'plain', 'timestamped', 'continuation']);
});

test('after a line with a timestamp, lines without one belong to it unless they begin with a level', () => {
  const python = [HEADED, 'Traceback (most recent call last):', '  File "a.py", line 1', 'ValueError: x', 'ERROR: y'];

  expect(read(python)).toEqual(['timestamped', 'continuation', 'continuation', 'continuation', 'plain']);
});

test('in plain text and JSON only the lines of a stack trace belong to the line before', () => {
  expect(read(['first', 'second', '\tat a.b(c)', 'Caused by: x'])).toEqual(['plain', 'plain', 'continuation', 'continuation']);
  expect(read(['{"msg":"a"}', 'Error: x', '    at y'])).toEqual(['json', 'plain', 'continuation']);
});

test('an indented line at the start or after a request belongs to nothing', () => {
  expect(read(['  first'])).toEqual(['plain']);
  expect(read([accessLine(), '  second'])).toEqual(['access-common', 'plain']);
});
