import argon2 from 'argon2';
import { badInput } from '#core/errors/bad-input.js';

const least = 12;
const most = 256;

// A sign-in of somebody unknown costs the same as that of somebody known.
const decoy = argon2.hash('nobody has this password');

/** Hashes a password with Argon2id; one that is too short or too long is bad input at `path`. */
export async function hashPassword(password: string, path: string): Promise<string> {
  if (password.length < least || password.length > most) throw badInput(`A password has ${least} to ${most} characters`, path);
  return argon2.hash(password, { type: argon2.argon2id });
}

/** Whether the password fits the hash; without a hash it never does, after the same time. */
export async function verifyPassword(hash: string | null, password: string): Promise<boolean> {
  const fits = await argon2.verify(hash ?? (await decoy), password.slice(0, most + 1));
  return fits && hash !== null;
}
