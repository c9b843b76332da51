import { expect, test } from 'vitest';
import { accessLine } from './testing/access-line.mjs';
import { analyzeBytes } from './testing/analyze-bytes.mjs';

const ACCESS = [
  accessLine({ request: 'GET /orders/1?a=b HTTP/1.1', tail: ' "-" "curl" 0.100' }),
  accessLine({ request: 'GET /orders/2 HTTP/1.1', tail: ' "-" "curl" 0.300' }),
  accessLine({ client: '192.0.2.2', time: '10/Oct/2025:13:55:38 +0000', status: 404, tail: ' "-" "curl" 0.001' }),
  accessLine({ request: 'POST /orders/3 HTTP/1.1', status: 503, bytes: '-', tail: ' "-" "curl" 2.000' }),
  'not a request',
  '',
].join('\n');

test('the report of a small access log is exact', async () => {
  const { report } = await analyzeBytes(ACCESS);
  const { requests } = report;

  expect(report.file).toEqual({ name: 'some.txt', sizeBytes: ACCESS.length, isGzip: false });
  expect(report.format).toEqual({
    detected: 'access-combined',
    title: 'access log, combined format',
    entries: { 'access-combined': 4, plain: 1 },
  });
  expect(report.lines).toEqual({ total: 5, unparsed: 1, continuation: 0, blank: 0, cut: 0 });
  expect(report.bytes).toBe(ACCESS.length);
  expect(report.unparsedExamples).toEqual(['not a request']);
  expect(report.time).toEqual({
    first: '2025-10-10T13:55:36.000Z',
    last: '2025-10-10T13:55:38.000Z',
    undatedEntries: 1,
    entriesWithoutZone: 0,
  });
  expect(report.levels).toEqual({ FATAL: 0, ERROR: 1, WARN: 1, INFO: 2, DEBUG: 0, TRACE: 0, UNKNOWN: 1 });
  expect(report.rates).toEqual({
    bucketSeconds: 1,
    meanPerSecond: 1.333,
    peakPerSecond: 3,
    buckets: [
      { at: '2025-10-10T13:55:36.000Z', lines: 3, errors: 1 },
      { at: '2025-10-10T13:55:37.000Z', lines: 0, errors: 0 },
      { at: '2025-10-10T13:55:38.000Z', lines: 1, errors: 0 },
    ],
    errorJumps: [],
  });
  expect(report.errors).toEqual({
    isApproximate: false,
    missedUpTo: 0,
    top: [
      {
        template: 'POST /orders/<num> 503',
        count: 1,
        level: 'ERROR',
        example: 'POST /orders/3 503',
        first: '2025-10-10T13:55:36.000Z',
        last: '2025-10-10T13:55:36.000Z',
      },
    ],
  });
  expect(report.messages.top.map(({ template }) => template)).toEqual(['GET / 404', 'POST /orders/<num> 503', 'not a request']);
  expect([requests.count, requests.withoutPath, requests.sentBytes]).toEqual([4, 0, 300]);
  expect(requests.statusClasses).toEqual({ '1xx': 0, '2xx': 2, '3xx': 0, '4xx': 1, '5xx': 1 });
  expect(requests.statusCodes).toEqual({ 200: 2, 404: 1, 503: 1 });
  expect(requests.methods).toEqual({ GET: 3, POST: 1 });
  expect(requests.topPaths).toEqual({
    isApproximate: false,
    missedUpTo: 0,
    top: [
      { path: '/orders/<num>', count: 3, errors: 1, sentBytes: 200, example: '/orders/1' },
      { path: '/', count: 1, errors: 0, sentBytes: 100, example: '/' },
    ],
  });
  expect(requests.slowestPaths.top).toEqual([
    { path: '/orders/<num>', count: 3, meanMs: 800, p50Ms: 309.818, p95Ms: 2000, maxMs: 2000, example: '/orders/1' },
    { path: '/', count: 1, meanMs: 1, p50Ms: 1, p95Ms: 1, maxMs: 1, example: '/' },
  ]);
  expect(requests.slowestRequests[0]).toEqual({
    at: '2025-10-10T13:55:36.000Z',
    method: 'POST',
    path: '/orders/3',
    status: 503,
    durationMs: 2000,
  });
  expect(requests.topClients.top).toEqual([
    { client: '192.0.2.1', count: 3 },
    { client: '192.0.2.2', count: 1 },
  ]);
  expect(report.warnings).toEqual([]);
});

test('the lists are as long as was asked for', async () => {
  const { report } = await analyzeBytes(ACCESS, { parameters: { top: 1 } });

  expect(report.messages.top).toHaveLength(1);
  expect(report.requests.topPaths.top).toHaveLength(1);
  expect(report.requests.slowestRequests).toHaveLength(1);
});

test('an empty file gives a valid empty report and goes from 0 to 100', async () => {
  const { report, progress } = await analyzeBytes('');

  expect(report.lines.total).toBe(0);
  expect(report.format).toEqual({ detected: null, title: null, entries: {} });
  expect(report.time).toEqual({ first: null, last: null, undatedEntries: 0, entriesWithoutZone: 0 });
  expect(report.rates.buckets).toEqual([]);
  expect(report.requests).toBeNull();
  expect(progress.map((step) => step.progress)).toEqual([0, 100]);
});

test('a binary file is refused', async () => {
  const image = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]);

  await expect(analyzeBytes(image)).rejects.toThrow('This does not look like a log file');
});

test('a line of another format than the one asked for is unparsed', async () => {
  const { report } = await analyzeBytes(`{"level":"info","msg":"a"}\n${accessLine()}\nplain\n`, {
    parameters: { format: 'access' },
  });

  expect(report.format.entries).toEqual({ 'access-common': 1 });
  expect(report.lines).toEqual({ total: 3, unparsed: 2, continuation: 0, blank: 0, cut: 0 });
  expect(report.unparsedExamples).toEqual(['{"level":"info","msg":"a"}', 'plain']);
});

test('a line of megabytes is cut and counted, and its neighbours are read', async () => {
  const { report } = await analyzeBytes(`INFO a\nERROR ${'x'.repeat(3_000_000)}\nWARN c\n`);

  expect(report.lines).toEqual({ total: 3, unparsed: 0, continuation: 0, blank: 0, cut: 1 });
  expect([report.levels.INFO, report.levels.ERROR, report.levels.WARN]).toEqual([1, 1, 1]);
  expect(report.bytes).toBe(3_000_021);
});

test('invalid UTF-8 and a byte order mark do no harm', async () => {
  const bytes = Buffer.concat([Buffer.from('\uFEFFERROR caf\u00e9 '), Buffer.from([0xff, 0xc3, 10])]);
  const { report } = await analyzeBytes(bytes);

  expect(report.messages.top[0].example).toBe('ERROR café \uFFFD\uFFFD');
});

test('a stack trace belongs to the message before it and to its example', async () => {
  const log = '2025-01-02 03:04:05 ERROR boom\njava.lang.Error: x\n\tat a.B.c(B.java:1)\n2025-01-02 03:04:06 INFO ok\n';
  const { report } = await analyzeBytes(log);

  expect(report.lines).toEqual({ total: 4, unparsed: 0, continuation: 2, blank: 0, cut: 0 });
  expect(report.errors.top).toHaveLength(1);
  expect(report.errors.top[0].example).toBe('boom\njava.lang.Error: x\n\tat a.B.c(B.java:1)');
});
