import { BlockList, isIP } from 'node:net';

/** What addresses are for, the narrower ranges first; what is in none of these is public. */
const RANGES = [
  ['metadata', ['169.254.169.254/32', '169.254.170.2/32', '168.63.129.16/32', '100.100.100.200/32', '192.0.0.192/32', 'fd00:ec2::/32']],
  ['loopback', ['127.0.0.0/8', '::1/128']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']],
  ['link-local', ['169.254.0.0/16', 'fe80::/10']],
  ['multicast', ['224.0.0.0/4', 'ff00::/8']],
  ['unspecified', ['0.0.0.0/8', '::/128']],
  ['documentation', ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20']],
  // Other ways to write an IPv4 address, or to reach one.
  ['translated', ['::ffff:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '2001::/32', '2002::/16', '192.88.99.0/24']],
  ['reserved', ['192.0.0.0/24', '198.18.0.0/15', '240.0.0.0/4', '2001::/23']],
].map(([kind, subnets]) => ({ kind, v4: listOf(subnets, 4), v6: listOf(subnets, 6) }));

const GLOBAL_UNICAST = listOf(['2000::/3'], 6);

/**
 * Says what an IP address is for: `public`, or which of the ranges it is in that a probe must not reach.
 * @param {string} address
 */
export function kindOfAddress(address) {
  const version = isIP(address);
  // A zone names an interface of this machine.
  if (version === 0 || address.includes('%')) return 'reserved';
  const found = RANGES.find(({ v4, v6 }) => (version === 4 ? v4.check(address, 'ipv4') : v6.check(address, 'ipv6')));
  if (found) return found.kind;
  return version === 4 || GLOBAL_UNICAST.check(address, 'ipv6') ? 'public' : 'reserved';
}

/** A list for one version only: a list with both takes an IPv4 address written as an IPv6 one for the former. */
function listOf(subnets, version) {
  const list = new BlockList();
  for (const [network, prefix] of subnets.map((each) => each.split('/')))
    if (isIP(network) === version) list.addSubnet(network, Number(prefix), `ipv${version}`);
  return list;
}
