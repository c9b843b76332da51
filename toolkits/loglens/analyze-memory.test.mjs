import { expect, test } from 'vitest';
import { LogReading } from './log-reading.mjs';
import { accessLine } from './testing/access-line.mjs';
import { analyzeBytes } from './testing/analyze-bytes.mjs';

const SILENT = { detected: () => {}, newError: () => {}, errorJump: () => {} };
const A_MILLION = 1_000_000;
const BATCH = 1000;
const TIMEOUT_MS = 120_000;

/**
 * Reads a million lines without a file, as the contents of maps are not in the report.
 * @param {(at: number) => string} lineAt
 */
function readAMillion(lineAt) {
  const reading = new LogReading({ format: 'auto', top: 10, modifiedAtMs: 0 }, SILENT);
  for (let at = 0; at < A_MILLION; at += BATCH) {
    const lines = Array.from({ length: BATCH }, (_, offset) => `${lineAt(at + offset)}\n`);
    reading.add(Buffer.from(lines.join('')));
  }
  reading.finish();
  return reading;
}

/**
 * A word of letters only, which no placeholder replaces.
 * @param {number} at
 */
function wordOf(at) {
  return [...String(at)].map((digit) => 'ghijklmnop'[Number(digit)]).join('');
}

test('a million distinct messages keep the maps capped and the counts of the frequent one right', { timeout: TIMEOUT_MS }, () => {
  const reading = readAMillion((at) => (at % 10 === 0 ? 'ERROR the usual' : `ERROR ${wordOf(at)}`));
  const { messages, errors, levels } = reading.figures;

  expect(messages.size).toBeLessThanOrEqual(5000);
  expect(errors.size).toBeLessThanOrEqual(5000);
  expect(levels.ERROR).toBe(A_MILLION);
  const { isApproximate, rows } = messages.top(1);
  expect(isApproximate).toBe(false);
  expect(rows[0][0]).toBe('ERROR the usual');
  expect(rows[0][1].count).toBe(100_000);
  expect(messages.top(2).isApproximate).toBe(true);
});

test('a million distinct paths and clients keep the maps capped and the totals exact', { timeout: TIMEOUT_MS }, () => {
  const reading = readAMillion((at) =>
    accessLine({
      client: `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`,
      request: `GET /${wordOf(at)} HTTP/1.1`,
      bytes: 3,
      tail: ' 0.010',
    }),
  );
  const { requests, buckets } = reading.figures;

  expect(requests.paths.size).toBeLessThanOrEqual(4000);
  expect(requests.clients.size).toBeLessThanOrEqual(10_000);
  expect(requests.paths.mostRequested(10).isApproximate).toBe(true);
  expect(requests.slowest.list).toHaveLength(10);
  expect([requests.count, requests.sentBytes, requests.statuses[200]]).toEqual([A_MILLION, 3 * A_MILLION, A_MILLION]);
  expect(buckets.list()).toHaveLength(1);
});

test('the report of a file with endless variety stays below 256 KiB and says what is approximate', async () => {
  const lines = Array.from({ length: 20_000 }, (_, at) => {
    const word = `${wordOf(at)}${'語'.repeat(290)}`;
    return JSON.stringify({ level: 50, msg: word, status: 500, method: 'GET', path: `/${word}`, durationMs: at });
  });
  const { report, file } = await analyzeBytes(lines.join('\n'), { parameters: { top: 100 } });

  expect(JSON.parse(file).messages.top).toHaveLength(100);
  expect(report.messages.top.length).toBeLessThan(100);
  expect(Buffer.byteLength(JSON.stringify(report))).toBeLessThanOrEqual(256 * 1024);
  expect(report.warnings).toEqual(['The lists were shortened, because the report would have been too large.']);
  expect(report.messages.isApproximate).toBe(true);
  expect(report.requests.topPaths.isApproximate).toBe(true);
});

test('at most fifty new errors are told while the file is read', async () => {
  const lines = Array.from({ length: 500 }, (_, at) => `ERROR ${wordOf(at)} broke`);
  const { log } = await analyzeBytes(lines.join('\n'));

  expect(log.filter(({ text }) => text.startsWith('New error'))).toHaveLength(50);
});
