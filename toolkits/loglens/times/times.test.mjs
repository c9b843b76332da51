import { expect, test } from 'vitest';
import { readAccessTime } from './read-access-time.mjs';
import { readAnyTime } from './read-any-time.mjs';
import { readIsoTime } from './read-iso-time.mjs';
import { readSyslogTime } from './read-syslog-time.mjs';

/** @param {number | undefined} timeMs */
function written(timeMs) {
  return timeMs === undefined ? undefined : new Date(timeMs).toISOString();
}

test.for([
  ['2025-01-02T03:04:05Z', '2025-01-02T03:04:05.000Z', true],
  ['2025-01-02T03:04:05.678901Z', '2025-01-02T03:04:05.678Z', true],
  ['2025-01-02 03:04:05,678', '2025-01-02T03:04:05.678Z', false],
  ['2025/01/02 03:04:05', '2025-01-02T03:04:05.000Z', false],
  ['2025-01-02T03:04:05+02:00', '2025-01-02T01:04:05.000Z', true],
  ['2025-01-02 03:04:05 -0330', '2025-01-02T06:34:05.000Z', true],
  ['2025-01-02 03:04:05+01', '2025-01-02T02:04:05.000Z', true],
  ['2025-01-02 03:04:05.1 UTC', '2025-01-02T03:04:05.100Z', true],
  ['2025-01-02 03:04', '2025-01-02T03:04:00.000Z', false],
  ['2025-01-02 03:04:05 - name', '2025-01-02T03:04:05.000Z', false],
  ['2025-01-02 03:04:05 Zebra', '2025-01-02T03:04:05.000Z', false],
])('%s is read as a time', ([text, expected, hasZone]) => {
  const time = readIsoTime(`at ${text}`, 3);

  expect([written(time.timeMs), time.hasZone]).toEqual([expected, hasZone]);
});

test('the end of a time is after its zone, or before what is none', () => {
  expect(readIsoTime('2025-01-02T03:04:05.1+02:00 x', 0).end).toBe(27);
  expect(readIsoTime('2025-01-02 03:04:05 - x', 0).end).toBe(19);
});

test.for(['2025-13-02 03:04:05', '2025-01-32 03:04:05', '2025-01-02 24:04:05', '2025-01-02', '2025-1-2 03:04:05', ''])(
  '"%s" is no time',
  (text) => {
    expect(readIsoTime(text, 0)).toBeNull();
  },
);

test('the stamp of an access log is read with its zone', () => {
  expect(written(readAccessTime('10/Oct/2000:13:55:36 -0700'))).toBe('2000-10-10T20:55:36.000Z');
  expect(written(readAccessTime('29/Feb/2024:00:00:00 +0530'))).toBe('2024-02-28T18:30:00.000Z');
  expect(readAccessTime('10/Foo/2000:13:55:36 -0700')).toBeNaN();
});

test('a syslog time gets the latest year that is not in the future of the file', () => {
  const written2026 = Date.UTC(2026, 0, 5);

  expect(written(readSyslogTime('Jan  4 22:14:15 x', 0, written2026).timeMs)).toBe('2026-01-04T22:14:15.000Z');
  expect(written(readSyslogTime('Dec 31 23:59:59 x', 0, written2026).timeMs)).toBe('2025-12-31T23:59:59.000Z');
  expect(readSyslogTime('Jan four 22:14:15', 0, written2026)).toBeNull();
});

test.for([
  [1735787045, '2025-01-02T03:04:05.000Z'],
  [1735787045.678, '2025-01-02T03:04:05.678Z'],
  [1735787045678, '2025-01-02T03:04:05.678Z'],
  [1735787045678901, '2025-01-02T03:04:05.679Z'],
  [1735787045678901248, '2025-01-02T03:04:05.679Z'],
  ['1735787045678', '2025-01-02T03:04:05.678Z'],
  ['2025-01-02T03:04:05.678Z', '2025-01-02T03:04:05.678Z'],
  ['02/Jan/2025:03:04:05 +0000', '2025-01-02T03:04:05.000Z'],
  ['Thu, 02 Jan 2025 03:04:05 GMT', '2025-01-02T03:04:05.000Z'],
  ['yesterday at noon', undefined],
  [true, undefined],
])('the JSON time %s is read', ([value, expected]) => {
  expect(written(readAnyTime(value)?.timeMs)).toBe(expected);
});
