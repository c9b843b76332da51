import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { readConfig } from './config.js';

/** What is wrong with settings, one line each. */
function problemsOf(environment: Record<string, string>): string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    const [head, ...lines] = (error as Error).message.split('\n');
    expect(head).toBe('The settings are wrong:');
    return lines.map((line) => line.trim());
  }
}

test('nothing has to be set', () => {
  expect(readConfig({})).toMatchObject({
    HOST: '127.0.0.1',
    PORT: 4000,
    ROLE: 'all',
    WORKER_CONCURRENCY: 4,
    FILE_ROOTS: [],
    LOG_LEVEL: 'info',
  });
});

test('an empty setting counts as not set', () => {
  expect(readConfig({ PORT: '', ROLE: '', PUBLIC_URL: '', ENCRYPTION_KEY: '' })).toEqual(readConfig({}));
});

test('settings of others are left alone', () => {
  expect(readConfig({ PATH: '/bin', LANG: 'C' })).toEqual(readConfig({}));
});

test('a retired key that is none is named without being shown', () => {
  const key = Buffer.alloc(32, 1).toString('base64');

  expect(readConfig({ RETIRED_ENCRYPTION_KEYS: ` ${key},, ${key} ` }).RETIRED_ENCRYPTION_KEYS).toEqual([key, key]);
  expect(problemsOf({ RETIRED_ENCRYPTION_KEYS: `${key},too-short` })).toEqual([
    'RETIRED_ENCRYPTION_KEYS.1: must be 32 bytes in base64, such as `openssl rand -base64 32` prints',
  ]);
});

test('lists and folders are taken apart', () => {
  expect(readConfig({ ALLOWED_ORIGINS: ' https://a.example , ,https://b.example', FILE_ROOTS: `${tmpdir()}:` })).toMatchObject({
    ALLOWED_ORIGINS: ['https://a.example', 'https://b.example'],
    FILE_ROOTS: [expect.any(String)],
  });
});

test.each<[string, Record<string, string>, string]>([
  ['a port beyond the highest', { PORT: '65536' }, 'PORT: Too big: expected number to be <=65535'],
  ['a port that is no number', { PORT: 'http' }, 'PORT: must be a whole number'],
  ['a number with a sign', { PORT: '-1' }, 'PORT: must be a whole number'],
  ['an unknown role', { ROLE: 'boss' }, 'ROLE: Invalid option: expected one of "api"|"worker"|"all"'],
  ['no concurrency', { WORKER_CONCURRENCY: '0' }, 'WORKER_CONCURRENCY: Too small: expected number to be >=1'],
  ['a short password', { ADMIN_PASSWORD: 'short' }, 'ADMIN_PASSWORD: must have at least 12 characters'],
  [
    'a database of another kind',
    { DATABASE_URL: 'mysql://localhost/x' },
    'DATABASE_URL: must be a URL that starts with postgres:// or postgresql://',
  ],
  [
    'a key that is too short',
    { ENCRYPTION_KEY: 'c2hvcnQ=' },
    'ENCRYPTION_KEY: must be 32 bytes in base64, such as `openssl rand -base64 32` prints',
  ],
  ['production without a key', { NODE_ENV: 'production' }, 'ENCRYPTION_KEY: must be set in production'],
  [
    'a root that is not there',
    { FILE_ROOTS: '/no/such/folder' },
    'FILE_ROOTS: /no/such/folder is not an existing folder with an absolute path',
  ],
  ['a root that is no absolute path', { FILE_ROOTS: '.' }, 'FILE_ROOTS: . is not an existing folder with an absolute path'],
  ['a heartbeat that is too quick', { HEARTBEAT_MS: '5' }, 'HEARTBEAT_MS: Too small: expected number to be >=100'],
  ['a public URL that is none', { PUBLIC_URL: 'signalbox' }, 'PUBLIC_URL: must be a URL that starts with http:// or https://'],
  ['a public URL with a path', { PUBLIC_URL: 'https://ops.example/signalbox' }, 'PUBLIC_URL: must have no path'],
  [
    'an origin with a slash',
    { ALLOWED_ORIGINS: 'https://ui.example,https://other.example/' },
    'ALLOWED_ORIGINS.1: must be an origin such as https://ui.example.com, without a slash at its end',
  ],
  [
    'a flag that is neither',
    { TRUST_PROXY: 'yes' },
    'TRUST_PROXY: must be true, false, or addresses of proxies such as 10.0.0.0/8, separated by commas',
  ],
])('%s is refused with its name and the reason', (_case, environment, problem) => {
  expect(problemsOf(environment)).toEqual([problem]);
});

test('all that is wrong is told at once', () => {
  expect(problemsOf({ PORT: 'x', ROLE: 'y', NODE_ENV: 'production' }).map((problem) => problem.split(':')[0])).toEqual([
    'PORT',
    'ROLE',
    'ENCRYPTION_KEY',
  ]);
});
