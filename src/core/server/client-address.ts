import { isIP, isIPv6, type BlockList } from 'node:net';

/** Whose `X-Forwarded-For` is believed: nobody's, that of whoever connects, or that of these proxies. */
export type TrustedProxies = 'nobody' | 'nearest' | BlockList;

/**
 * The address of a client. A proxy adds the address that it saw at the end of `X-Forwarded-For`; what stands before what a trusted
 * proxy has added, the client may have made up. So it is the last address that is none of a trusted proxy.
 */
export function clientAddress(peer: string | null, forwardedFor: string | undefined, trusted: TrustedProxies): string | null {
  if (peer === null || trusted === 'nobody') return peer;
  const forwarded = (forwardedFor ?? '').split(',').map((each) => each.trim());
  if (trusted === 'nearest') return isIP(forwarded.at(-1)!) ? forwarded.at(-1)! : peer;
  let address = peer;
  while (isListed(trusted, address)) {
    const before = forwarded.pop();
    if (before === undefined || !isIP(before)) return address;
    address = before;
  }
  return address;
}

const isListed = (list: BlockList, address: string): boolean => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
