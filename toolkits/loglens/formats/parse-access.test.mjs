import { expect, test } from 'vitest';
import { accessLine } from '../testing/access-line.mjs';
import { parseAccess } from './parse-access.mjs';

test('a line of the common format is read', () => {
  const line = '127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif?a=b HTTP/1.0" 200 2326';

  expect(parseAccess(line)).toEqual({
    format: 'access-common',
    timeMs: Date.UTC(2000, 9, 10, 20, 55, 36),
    hasZone: true,
    level: 'INFO',
    message: undefined,
    request: {
      method: 'GET',
      path: '/apache_pb.gif',
      status: 200,
      sentBytes: 2326,
      durationMs: undefined,
      client: '127.0.0.1',
    },
  });
});

test.for([
  ['', 'access-common', undefined],
  [' 0.123', 'access-common', 123],
  [' "0.123"', 'access-common', 123],
  [' "https://example.com/" "Mozilla/5.0 (X11)"', 'access-combined', undefined],
  [' "-" "curl/8.4.0" 0.123', 'access-combined', 123],
  [' "-" "curl/8.4.0" "0.123"', 'access-combined', 123],
  [' "-" "a \\"quoted\\" agent" rt=0.123 uct="0.001" urt="0.120"', 'access-combined', 123],
  [' "-" "curl" "203.0.113.9" rt=0.250', 'access-combined', 250],
  [' "-" "curl" request_time="1.5"', 'access-combined', 1500],
  [' "-" "curl" 12ms', 'access-combined', 12],
  [' "-" "curl" D=2500', 'access-combined', 2.5],
  [' "-" "curl" 2500', 'access-combined', undefined],
  [' "-" "unclosed', 'access-combined', undefined],
])('what follows the byte count is read: %s', ([tail, format, durationMs]) => {
  const entry = parseAccess(accessLine({ tail }));

  expect([entry.format, entry.request.durationMs]).toEqual([format, durationMs]);
});

test.for([
  ['GET /a b HTTP/1.1', 'GET', '/a b'],
  ['GET /a', 'GET', '/a'],
  ['GET /a\\"b?c HTTP/1.1', 'GET', '/a\\"b'],
  ['\\x16\\x03\\x01', undefined, undefined],
  ['-', undefined, undefined],
  ['', undefined, undefined],
])('the request "%s" is read', ([request, method, path]) => {
  const entry = parseAccess(accessLine({ request, status: 400 }));

  expect([entry.request.method, entry.request.path]).toEqual([method, path]);
});

test('the level follows the status', () => {
  expect([200, 301, 404, 500, 503].map((status) => parseAccess(accessLine({ status })).level)).toEqual([
    'INFO',
    'INFO',
    'WARN',
    'ERROR',
    'ERROR',
  ]);
});

test('a virtual host before the client is passed over', () => {
  expect(parseAccess(accessLine({ client: 'example.com:443 2001:db8::1' })).request.client).toBe('2001:db8::1');
  expect(parseAccess(accessLine({ client: '::1' })).request.client).toBe('::1');
});

test.for([
  'plain',
  '',
  '1.2.3.4 - - [10/Oct/2000:13:55:36 -0700]',
  '1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1" abc 1',
  '1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.1',
  '1.2.3.4 - - [not a time at all, really] "GET / HTTP/1.1" 200 1',
  '2025-01-02 03:04:05 [error] 1#0: *1 open() "/x" failed',
])('"%s" is no line of an access log', (line) => {
  expect(parseAccess(line)).toBeNull();
});
