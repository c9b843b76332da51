import { expect, test } from 'vitest';
import { RedactedLines } from './redacted-lines.js';
import { Redactor } from './redactor.js';

const secret = 'hunter2-0123456789';
const told = (pieces: readonly string[], redactor = new Redactor([secret])): string[] => {
  const lines = new RedactedLines(redactor);
  const texts = pieces.flatMap((piece, i) => lines.take(piece, i < pieces.length - 1));
  return [...texts, ...lines.end()];
};

test('a secret is taken out of a line wherever its pieces cut it', () => {
  const line = `${'a'.repeat(60)}${secret}${'b'.repeat(60)}`;
  for (let cut = 1; cut < line.length; cut += 1)
    expect(told([line.slice(0, cut), line.slice(cut)]).join('')).toBe(`${'a'.repeat(60)}[redacted]${'b'.repeat(60)}`);
  expect(told([...line]).join('')).toBe(`${'a'.repeat(60)}[redacted]${'b'.repeat(60)}`);
});

test('a line that came in pieces has no empty one behind it, and an empty line is one', () => {
  expect(told(['a'.repeat(16_384), ''], new Redactor())).toEqual(['a'.repeat(16_384)]);
  expect(told([''], new Redactor())).toEqual(['']);
  expect(told(['', ''], new Redactor())).toEqual(['']);
});

test('what is left of a line that does not end is told at the end', () => {
  const lines = new RedactedLines(new Redactor([secret]));
  expect(lines.take(`x${secret.slice(0, 8)}`, true)).toEqual([]);
  expect(lines.end()).toEqual([`x${secret.slice(0, 8)}`]);
  expect(lines.end()).toEqual([]);
});

test('of a text that was cut at its beginning the end of a secret is left out, and a whole one is taken out', () => {
  const redactor = new Redactor([secret]);
  const longest = 36;
  const rest = redactor.ending(`${secret.slice(5)} then ${secret} and ${'z'.repeat(longest)}`);
  expect(rest).not.toContain(secret.slice(5));
  expect(rest.endsWith('z'.repeat(longest))).toBe(true);
});

test('as many secrets as there may be are known at once', () => {
  const many = Array.from({ length: 100_000 }, (_, i) => `secret number ${i}`);
  const redactor = new Redactor(many);
  expect(redactor.text('it is secret number 77777!')).toBe('it is [redacted]!');
});
