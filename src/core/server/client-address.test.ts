import { BlockList } from 'node:net';
import { expect, test } from 'vitest';
import { clientAddress } from './client-address.js';

const proxies = new BlockList();
proxies.addSubnet('10.0.0.0', 8);
proxies.addAddress('2001:db8::1', 'ipv6');

test.each([
  ['nobody is believed', '203.0.113.9', '198.51.100.1', 'nobody', '203.0.113.9'],
  ['whoever connects is believed about what it saw itself', '10.0.0.1', '6.6.6.6, 198.51.100.1', 'nearest', '198.51.100.1'],
  ['nothing was forwarded', '203.0.113.9', undefined, 'nearest', '203.0.113.9'],
  ['what was forwarded is no address', '203.0.113.9', '198.51.100.1, unknown', 'nearest', '203.0.113.9'],
  ['the peer is no proxy of ours', '203.0.113.9', '198.51.100.1', proxies, '203.0.113.9'],
  ['the peer is one', '10.0.0.1', '6.6.6.6, 198.51.100.1', proxies, '198.51.100.1'],
  ['there are several, one behind the other', '10.0.0.1', '6.6.6.6, 198.51.100.1, 10.2.0.1, 2001:db8::1', proxies, '198.51.100.1'],
  ['all addresses are ours', '10.0.0.1', '10.0.0.3, 10.0.0.2', proxies, '10.0.0.3'],
  ['a proxy wrote no address', '10.0.0.1', '198.51.100.1, unknown, 10.0.0.2', proxies, '10.0.0.2'],
  ['a proxy is reached by IPv6 that carries IPv4', '::ffff:10.0.0.1', '198.51.100.1', proxies, '198.51.100.1'],
  ['one of a family that is not listed', '2001:db8::2', '198.51.100.1', proxies, '2001:db8::2'],
] as const)('the address of the client when %s', (_case, peer, forwarded, trusted, expected) => {
  expect(clientAddress(peer, forwarded, trusted)).toBe(expected);
});

test('without a peer there is no address', () => {
  expect(clientAddress(null, '198.51.100.1', 'nearest')).toBeNull();
});
