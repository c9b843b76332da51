import argon2 from 'argon2';
import { Problems } from '#core/errors/problems.js';
import { bcryptCost, bcryptDecoy, isLegacyHash, verifyLegacyHash } from './legacy-hash.js';

const least = 12;
const most = 256;

// A sign-in of somebody unknown costs the same as that of somebody known.
const decoy = argon2.hash('nobody has this password');

/** Notes what is wrong with a password, at its place in the input; no password is not wrong. */
export function checkPassword(password: string | null, problems: Problems, path = 'input.password'): void {
  if (password !== null && (password.length < least || password.length > most))
    problems.add(`A password has ${least} to ${most} characters`, path);
}

/** Hashes a password with Argon2id; one that is too short or too long is bad input at `path`. */
export async function hashPassword(password: string, path: string): Promise<string> {
  const problems = new Problems();
  checkPassword(password, problems, path);
  problems.throwIfAny();
  return rehashPassword(password);
}

/** Hashes a password that was taken before, whatever its length, with Argon2id. */
export const rehashPassword = (password: string): Promise<string> => argon2.hash(password, { type: argon2.argon2id });

/**
 * Whether the password fits the hash; without a hash it never does, after the same time. `legacyCost` is the bcrypt cost of users whose
 * hashes came from another system: where there are any, every call takes as long as theirs.
 */
export async function verifyPassword(hash: string | null, password: string, legacyCost: number | null = null): Promise<boolean> {
  const given = password.slice(0, most + 1);
  const isLegacy = hash !== null && isLegacyHash(hash);
  const legacy = isLegacy ? hash : legacyCost === null ? null : bcryptDecoy(legacyCost);
  const [fits, fitsLegacy] = await Promise.all([
    // A stored text that is no hash throws; nothing fits it.
    argon2.verify(isLegacy || hash === null ? await decoy : hash, given).catch(() => false),
    legacy !== null && verifyLegacyHash(legacy, given),
    // A bare SHA-256 is cheap; a sign-in with one is not to be told from others by that.
    isLegacy && legacyCost !== null && bcryptCost(hash) === null && verifyLegacyHash(bcryptDecoy(legacyCost), given),
  ]);
  return isLegacy ? fitsLegacy : fits && hash !== null;
}
