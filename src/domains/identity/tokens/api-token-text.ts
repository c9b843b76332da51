import { randomInt } from 'node:crypto';
import { newToken } from '#core/secrets/token.js';

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
const prefixLength = 8;
const beginning = 'sbx_';

/** A new API token: its text, and the beginning by which people recognise it. */
export function newApiToken(): { token: string; prefix: string } {
  const name = Array.from({ length: prefixLength }, () => letters[randomInt(letters.length)]).join('');
  const prefix = `${beginning}${name}`;
  return { token: `${prefix}_${newToken()}`, prefix };
}

/** Whether a bearer token is meant to be an API token: no JWT begins like that. */
export const isApiToken = (text: string): boolean => text.startsWith(beginning);
