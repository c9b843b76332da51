import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { accessLine } from './testing/access-line.mjs';
import { analyzeBytes } from './testing/analyze-bytes.mjs';

/** Lines that hardly compress, so that the file has many chunks. */
const LINES = Array.from({ length: 5000 }, (_, at) => accessLine({ request: `GET /${(at * 7919).toString(36)} HTTP/1.1`, bytes: at }));
const TEXT = `${LINES.join('\n')}\n`;

test('a gzip file is read by its content, and progress counts its compressed bytes', async () => {
  const bytes = gzipSync(TEXT);
  const { report, progress } = await analyzeBytes(bytes);

  expect(report.file).toEqual({ name: 'some.txt', sizeBytes: bytes.length, isGzip: true });
  expect(report.lines.total).toBe(5000);
  expect(report.bytes).toBe(TEXT.length);
  expect(report.requests.sentBytes).toBe((4999 * 5000) / 2);
  expect(progress).toHaveLength(21);
  expect(progress.at(-1).payload.bytesRead).toBe(bytes.length);
  expect(report.warnings).toEqual([]);
});

test('several gzip members are read as one text, whatever they cut through', async () => {
  const cuts = [0, 1, 100_001, 250_003, TEXT.length];
  const members = cuts.slice(1).map((end, at) => gzipSync(TEXT.slice(cuts[at], end)));
  const { report } = await analyzeBytes(Buffer.concat(members));

  expect(report.lines.total).toBe(5000);
  expect(report.bytes).toBe(TEXT.length);
  expect(report.format.entries).toEqual({ 'access-common': 5000 });
  expect(report.warnings).toEqual([]);
});

test('a truncated gzip file gives what was readable and a warning', async () => {
  const bytes = gzipSync(TEXT);
  const { report, progress } = await analyzeBytes(bytes.subarray(0, bytes.length / 2));

  expect(report.warnings).toEqual(['The gzip file is truncated: the report covers what was readable before its end.']);
  expect(report.lines.total).toBeGreaterThan(2000);
  expect(report.lines.total).toBeLessThan(3000);
  expect(progress.at(-1).progress).toBe(100);
});

test('a gzip file of which only the header is there gives an empty report and a warning', async () => {
  const { report } = await analyzeBytes(gzipSync(TEXT).subarray(0, 10));

  expect(report.lines.total).toBe(0);
  expect(report.warnings).toHaveLength(1);
});

test('a gzip file that is damaged in the middle gives what came before and a warning', async () => {
  const bytes = gzipSync(TEXT);
  bytes.fill(0xff, bytes.length / 2, bytes.length / 2 + 2000);
  const { report } = await analyzeBytes(bytes);

  expect(report.warnings).toHaveLength(1);
  expect(report.warnings[0]).toMatch(/^The gzip file is damaged near byte \d+/);
  expect(report.lines.total).toBeGreaterThan(1500);
});

test('a gzip file of which nothing is readable fails', async () => {
  const bytes = gzipSync(TEXT);
  bytes.fill(0xff, 10);

  await expect(analyzeBytes(bytes)).rejects.toThrow('This gzip file is damaged');
});

test('padding after a gzip file is ignored', async () => {
  const { report } = await analyzeBytes(Buffer.concat([gzipSync(TEXT), Buffer.alloc(20_000)]));

  expect(report.lines.total).toBe(5000);
  expect(report.warnings).toEqual([]);
});

test('a compressed binary file is refused', async () => {
  await expect(analyzeBytes(gzipSync(Buffer.alloc(100_000)))).rejects.toThrow('This does not look like a log file');
});

test('an empty gzip file gives an empty report', async () => {
  const { report } = await analyzeBytes(gzipSync(''));

  expect(report.lines.total).toBe(0);
  expect(report.warnings).toEqual([]);
});

test('a cancellation in the middle of a gzip file stops the reading', async () => {
  const cancellation = new AbortController();
  const reading = analyzeBytes(gzipSync(TEXT), {
    signal: cancellation.signal,
    onProgress: (step) => {
      if (step.progress >= 50) cancellation.abort(new Error('enough'));
    },
  });

  await expect(reading).rejects.toThrow('enough');
});
