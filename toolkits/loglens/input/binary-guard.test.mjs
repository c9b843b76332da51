import { expect, test } from 'vitest';
import { BinaryGuard } from './binary-guard.mjs';

const REFUSAL = 'This does not look like a log file';

test('a NUL byte near the start is refused, also in a later chunk', () => {
  const guard = new BinaryGuard();
  guard.check(Buffer.from('text\n'), []);

  expect(() => guard.check(Buffer.from('te\0xt'), [])).toThrow(REFUSAL);
});

test('NUL bytes far into a log are warned of once', () => {
  const guard = new BinaryGuard();
  const warnings = [];
  guard.check(Buffer.from('x'.repeat(70_000)), warnings);
  guard.check(Buffer.from('ab\0cd'), warnings);
  guard.check(Buffer.from('\0'), warnings);

  expect(warnings).toEqual(['There are NUL bytes in the text, first at byte 70002.']);
});

test('many control characters are refused, colours and tabs are not', () => {
  expect(() => new BinaryGuard().check(Buffer.from([1, 2, 3, 4, 65]), [])).toThrow(REFUSAL);
  expect(() => new BinaryGuard().check(Buffer.from('\u001b[1m\ta\u001b[0m\r\n'), [])).not.toThrow();
});
