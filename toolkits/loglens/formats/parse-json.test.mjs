import { expect, test } from 'vitest';
import { parseJson } from './parse-json.mjs';

const TIME_MS = Date.UTC(2025, 0, 2, 3, 4, 5, 678);
const ISO = '2025-01-02T03:04:05.678Z';

test.for([
  ['pino', { level: 50, time: TIME_MS, pid: 1, msg: 'boom' }],
  ['bunyan', { name: 'app', level: 50, msg: 'boom', time: ISO, v: 0 }],
  ['winston', { level: 'error', message: 'boom', timestamp: ISO }],
  ['logstash', { '@timestamp': ISO, '@version': '1', message: 'boom', level: 'ERROR', level_value: 40000 }],
  ['zap', { level: 'error', ts: TIME_MS / 1000, caller: 'a.go:1', msg: 'boom' }],
  ['Google', { severity: 'ERROR', time: ISO, message: 'boom' }],
  ['structlog', { lvl: 'err', date: ISO, event: 'boom' }],
  ['ECS', { '@timestamp': ISO, log: { level: 'error' }, message: 'boom' }],
  ['Docker', { log: '[error] boom\n', stream: 'stderr', time: ISO }],
])('a line of %s is read', ([, object]) => {
  const entry = parseJson(JSON.stringify(object));

  expect([entry.format, entry.timeMs, entry.level]).toEqual(['json', TIME_MS, 'ERROR']);
  expect(entry.message).toMatch(/boom$/);
  expect(entry.request).toBeUndefined();
});

const REQUEST = {
  method: 'GET',
  path: '/users/42',
  status: 500,
  sentBytes: 7,
  durationMs: 12.5,
  client: '192.0.2.1',
};

test.for([
  [
    'pino-http',
    {
      req: { method: 'GET', url: '/users/42?a=b', remoteAddress: '192.0.2.1' },
      res: { statusCode: 500, headers: { 'content-length': 7 } },
      responseTime: 12.5,
    },
  ],
  ['flat', { method: 'get', path: '/users/42', status: 500, bytes: 7, durationMs: 12.5, ip: '192.0.2.1' }],
  ['numbers as text', { method: 'GET', url: '/users/42', status: '500', bytes: '7', duration: '12.5ms', ip: '192.0.2.1' }],
  [
    'nginx',
    {
      remote_addr: '192.0.2.1',
      request_method: 'GET',
      request_uri: '/users/42',
      status: 500,
      body_bytes_sent: 7,
      request_time: 0.0125,
    },
  ],
  [
    'Caddy',
    {
      ts: 1735787045.678,
      request: { remote_ip: '192.0.2.1', method: 'GET', uri: '/users/42' },
      status: 500,
      size: 7,
      duration: 0.0125,
    },
  ],
  [
    'ECS',
    {
      http: { request: { method: 'GET' }, response: { status_code: 500, body: { bytes: 7 } } },
      url: { path: '/users/42' },
      client: { ip: '192.0.2.1' },
      latency_ms: 12.5,
    },
  ],
])('the request of a line of %s is read', ([, object]) => {
  const entry = parseJson(JSON.stringify(object));

  expect(entry.request).toEqual(REQUEST);
  expect(entry.level).toBe('ERROR');
});

test('a status which is no number and a path without a method are no request', () => {
  expect(parseJson('{"status":"ok","path":"/tmp/x"}').request).toBeUndefined();
  expect(parseJson('{"status":1000}').request).toBeUndefined();
});

test('an unknown level is UNKNOWN, a missing one is guessed from the message', () => {
  expect(parseJson('{"level":"blue","msg":"x"}').level).toBe('UNKNOWN');
  expect(parseJson('{"msg":"[warn] x"}').level).toBe('WARN');
  expect(parseJson('{}')).toEqual({
    format: 'json',
    timeMs: undefined,
    hasZone: true,
    level: 'UNKNOWN',
    message: undefined,
    request: undefined,
  });
});

test.for(['{"level":"info"', '{nope}', '[1]', 'text', '', '"{}"'])('"%s" is no JSON line', (line) => {
  expect(parseJson(line)).toBeNull();
});
