import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AllowList } from './allow-list.mjs';
import { kindOfAddress } from './kind-of-address.mjs';

const permits = (entries, host, address, port = 443) =>
  new AllowList(entries).permits({ host, address, port, kind: kindOfAddress(address) });

test.each([
  ['db.internal', 'db.internal', '10.0.0.1', 443, true],
  ['DB.internal', 'db.internal', '10.0.0.1', 443, true],
  ['db.internal', 'xdb.internal', '10.0.0.1', 443, false],
  ['db.internal:5432', 'db.internal', '10.0.0.1', 5432, true],
  ['db.internal:5432', 'db.internal', '10.0.0.1', 443, false],
  ['localhost', 'localhost', '::1', 80, true],
  ['*.internal', 'a.b.internal', '10.0.0.1', 443, true],
  ['*.internal', 'internal', '10.0.0.1', 443, false],
  ['*.internal', 'notinternal', '10.0.0.1', 443, false],
  ['10.0.0.0/8', 'anything', '10.255.0.1', 443, true],
  ['10.0.0.0/8', 'anything', '11.0.0.1', 443, false],
  ['10.0.0.0/8:22', '10.0.0.1', '10.0.0.1', 22, true],
  ['10.0.0.0/8:22', '10.0.0.1', '10.0.0.1', 23, false],
  ['127.0.0.1', 'x', '127.0.0.1', 1, true],
  ['127.0.0.1', 'x', '127.0.0.2', 1, false],
  ['fd00::/8', 'x', 'fd12::1', 1, true],
  ['[fd00::/8]:443', 'x', 'fd12::1', 443, true],
  ['[fd00::/8]:443', 'x', 'fd12::1', 80, false],
  ['[::1]:8080', 'x', '::1', 8080, true],
  ['169.254.169.254', 'x', '169.254.169.254', 80, true],
])('the entry %s for %s at %s, port %d: %s', (entry, host, address, port, expected) => {
  expect(permits([entry], host, address, port)).toBe(expected);
});

test.each(['169.254.169.254', 'fd00:ec2::254', '169.254.1.1', 'fe80::1', '0.0.0.0', '224.0.0.1', '::ffff:127.0.0.1', '255.255.255.255'])(
  'a name does not open %s, which has to be listed by its address',
  (address) => {
    expect(permits(['trusted.internal', '*.internal'], 'trusted.internal', address)).toBe(false);
  },
);

const { pattern } = JSON.parse(readFileSync(new URL('../toolkit.json', import.meta.url), 'utf8')).settings.allowList.schema.items;

test.each([
  'db.internal',
  'DB.internal:5432',
  '*.svc.internal',
  '10.0.0.1',
  '10.0.0.1:22',
  '10.0.0.0/8',
  '10.0.0.0/8:65535',
  'fd00::/8',
  '::1',
  '[fd00::/8]:443',
  '[::1]:8080',
  'h_1',
])('the setting takes %s, which the guard can read', (entry) => {
  expect(entry).toMatch(new RegExp(pattern, 'u'));
  expect(() => new AllowList([entry])).not.toThrow();
});

test.each(['http://foo', '127.0.0.1/33', 'fd00::/129', 'host:0', 'host:65536', 'a b', '*', '*.', '.internal', 'host/8', '[::1', ''])(
  'the setting refuses "%s", which the guard cannot read',
  (entry) => {
    expect(entry).not.toMatch(new RegExp(pattern, 'u'));
    expect(() => new AllowList([entry])).toThrow();
  },
);

test('an empty list permits nothing', () => {
  expect(permits([], 'localhost', '127.0.0.1')).toBe(false);
});

test.each([
  '',
  '*',
  '*.',
  'a b',
  '10.0.0.0/33',
  '10.0.0.0/',
  '10.0.0/8',
  'host:0',
  'host:70000',
  'fd00::/129',
  'http://host',
  'a..b',
  'fe80::1%lo',
  'host/8',
])('the entry %j is refused by name', (entry) => {
  expect(() => new AllowList([entry])).toThrow(`The allow-list has "${entry}"`);
});
