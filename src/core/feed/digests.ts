import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** What a seal says of an entry; times are ISO 8601 texts. */
export interface SealContent {
  readonly number: number;
  readonly position: number;
  readonly entryId: string;
  readonly entryDigest: string;
  readonly expiresAt: string;
}

/** The digest before the first link of a chain. */
export const chainStart = '0'.repeat(64);

/** SHA-256, in hex, of an entry's JSON in the canonical form of RFC 8785. Nulls are left out: a column that is added later changes no digest. */
export function entryDigest(entry: Readonly<Record<string, unknown>>): string {
  return digestOf(Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== null)));
}

/** SHA-256, in hex, of a link of the chain and the digest of the link before it. */
export function sealDigest({ number, position, entryId, entryDigest: digest, expiresAt }: SealContent, previous: string): string {
  return digestOf({ number, position, entryId, entryDigest: digest, expiresAt, previous });
}

const digestOf = (value: object): string => createHash('sha256').update(canonicalize(value)!).digest('hex');
