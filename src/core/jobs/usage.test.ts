import { expect, test } from 'vitest';
import { fromPs, readUsage } from './usage.js';

test.each([
  ['  51232   0:01.25\n', { residentBytes: 51_232 * 1024, cpuMs: 1_250 }],
  [' 8   12:34.00', { residentBytes: 8 * 1024, cpuMs: 754_000 }],
  ['8 01:02:03', { residentBytes: 8 * 1024, cpuMs: 3_723_000 }],
  ['8 2-01:02:03', { residentBytes: 8 * 1024, cpuMs: 176_523_000 }],
  ['', null],
  ['something else', null],
])('what ps prints is read: %j', (printed, expected) => {
  expect(fromPs(printed)).toEqual(expected);
});

test('what a process takes is what the process itself says, and of one that is not there nothing', async () => {
  const usage = (await readUsage(process.pid))!;

  const { rss } = process.memoryUsage();
  expect(usage.residentBytes).toBeGreaterThan(rss / 2);
  expect(usage.residentBytes).toBeLessThan(rss * 2);
  const { user, system } = process.cpuUsage();
  expect(usage.cpuMs).toBeGreaterThan((user + system) / 1000 / 2);
  expect(usage.cpuMs).toBeLessThan((user + system) / 1000 + 100);
  expect(await readUsage(2 ** 22 + 1)).toBe(null);
});
