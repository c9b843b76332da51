import { decodeJwt } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { sql } from '#core/database/sql.js';
import type { TestApp } from './app.js';
import { rowsOf } from './changes.js';
import type { Auth } from './client.js';
import { mutated } from './mutation.js';

/** The code of a secret, now or so many steps of half a minute away. */
export const codeOf = (secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });

/**
 * Confirms somebody's second factor with the code of now, and lets that be taken once more: whatever half minute it is when the next
 * code is checked, it is none of before. Returns the recovery codes.
 */
export async function confirmTotp(app: TestApp, auth: Auth, secret: string): Promise<string[]> {
  const { recoveryCodes } = await mutated(app, 'confirmTotp', { code: codeOf(secret) }, auth, 'recoveryCodes');
  await rowsOf(app, sql`update totps set last_step = 0 where user_id = ${decodeJwt(auth.token!).sub!}`);
  return recoveryCodes as string[];
}

/** A code that is none of those that could be right now. */
export function wrongCodeOf(secret: string): string {
  const near = [-2, -1, 0, 1, 2].map((steps) => codeOf(secret, steps));
  return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !near.includes(code))!;
}
