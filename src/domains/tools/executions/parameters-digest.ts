import { entryDigest } from '#core/feed/digests.js';

/** SHA-256, in hexadecimal digits, of the parameters of an execution in the canonical form of RFC 8785. */
export const digestOfParameters = (parameters: object): string => entryDigest({ parameters });
