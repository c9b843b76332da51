import { expect, test } from 'vitest';
import { nextDue } from './next-due.js';

const due = (cron: string, after: string, timezone = 'UTC') => nextDue(cron, timezone, new Date(after)).toISOString();

test.each([
  ['each minute', '* * * * *', '2026-03-01T10:00:00Z', 'UTC', '2026-03-01T10:01:00.000Z'],
  ['a time that is now is over', '0 10 * * *', '2026-03-01T10:00:00Z', 'UTC', '2026-03-02T10:00:00.000Z'],
  ['seconds come first', '*/20 * * * * *', '2026-03-01T10:00:05Z', 'UTC', '2026-03-01T10:00:20.000Z'],
  ['names of days', '30 8 * * MON-FRI', '2026-03-06T09:00:00Z', 'UTC', '2026-03-09T08:30:00.000Z'],
  ['days with an H in their names', '0 0 * * THU', '2026-03-06T09:00:00Z', 'UTC', '2026-03-12T00:00:00.000Z'],
  ['the last day of a month', '0 0 L * *', '2028-02-10T00:00:00Z', 'UTC', '2028-02-29T00:00:00.000Z'],
  ['the first Monday of a month', '0 0 * * MON#1', '2026-03-05T00:00:00Z', 'UTC', '2026-04-06T00:00:00.000Z'],
  ['in winter', '0 9 * * *', '2026-01-10T12:00:00Z', 'Europe/Berlin', '2026-01-11T08:00:00.000Z'],
  ['in summer', '0 9 * * *', '2026-07-10T12:00:00Z', 'Europe/Berlin', '2026-07-11T07:00:00.000Z'],
])('the next time is found: %s', (_case, cron, after, timezone, expected) => {
  expect(due(cron, after, timezone)).toBe(expected);
});

test.each([
  ['nothing', ''],
  ['too few fields', '* * * *'],
  ['too many fields', '* * * * * * *'],
  ['a word', 'daily'],
  ['a nickname', '@daily'],
  ['a number out of range', '61 * * * *'],
  ['a day that never comes', '0 0 30 2 *'],
  ['a number that differs each time', 'H * * * *'],
])('%s is refused at the place of the expression', (_case, cron) => {
  expect(() => due(cron, '2026-01-01T00:00:00Z')).toThrow(
    expect.objectContaining({ code: 'BAD_USER_INPUT', details: { paths: ['input.cron'] } }),
  );
});

test.each(['', 'Mars/Olympus', '+02:00'])('the time zone "%s" is refused at its place', (timezone) => {
  expect(() => due('* * * * *', '2026-01-01T00:00:00Z', timezone)).toThrow(
    expect.objectContaining({ code: 'BAD_USER_INPUT', details: { paths: ['input.timezone'] } }),
  );
});
