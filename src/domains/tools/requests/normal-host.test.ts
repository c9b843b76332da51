import { expect, test } from 'vitest';
import { hostEntry } from './host-entry.js';
import { isAllowedHost } from './is-allowed-host.js';
import { normalHost } from './normal-host.js';

test.each([
  ['API.Example.com', 'api.example.com'],
  ['api.example.com.', 'api.example.com'],
  [' localhost ', 'localhost'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['10.0.0.1', '10.0.0.1'],
  ['0x7f.1', '127.0.0.1'],
  ['[2001:DB8::1]', '2001:db8::1'],
  ['2001:db8:0:0:0:0:0:1', '2001:db8::1'],
])('%s is stored as %s', (given, host) => {
  expect(normalHost(given)).toBe(host);
});

test.each([
  '',
  'https://example.com',
  'example.com/path',
  'example.com:443',
  '*.example.com',
  'user@example.com',
  'a..b',
  '-a.example',
  'fe80::1%eth0',
  '1.2.3.4.5',
  'a b',
  `${'a'.repeat(64)}.example`,
])('%j is no host', (given) => {
  expect(normalHost(given)).toBeNull();
});

test('a host without a port allows all of its ports, and one with a port that one only', () => {
  const allowed = [hostEntry('a.example', null), hostEntry('b.example', 443), hostEntry('2001:db8::1', 8443)];

  expect(allowed).toEqual(['a.example', 'b.example:443', '[2001:db8::1]:8443']);
  expect(
    [
      ['a.example', 1],
      ['b.example', 443],
      ['b.example', 80],
      ['2001:db8::1', 8443],
      ['2001:db8::1', 443],
      ['c.example', 443],
    ].map(([host, port]) => isAllowedHost(allowed, host as string, port as number)),
  ).toEqual([true, true, false, true, false, false]);
});
