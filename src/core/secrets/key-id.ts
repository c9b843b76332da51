import { createHash } from 'node:crypto';

/** The id by which sealed texts name their key: the beginning of its SHA-256. */
export const keyId = (key: Buffer): string => createHash('sha256').update(key).digest('hex').slice(0, 8);
