import { createHash, randomBytes } from 'node:crypto';

/** A random token of 256 bits. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** The form in which a token is stored: its SHA-256, which is enough for a text of full entropy. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url');
