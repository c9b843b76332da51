import { createHash, timingSafeEqual } from 'node:crypto';
import bcrypt from 'bcrypt';

const bcryptShape = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const sha256Shape = /^[0-9a-f]{64}$/i;
// A hash that costs hours is no hash of anybody: it would only keep the server busy.
const mostCost = 15;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The cost of a bcrypt hash, or null when it is none that is taken. */
export function bcryptCost(hash: string): number | null {
  const cost = Number(bcryptShape.exec(hash)?.[1] ?? 0);
  return cost >= 4 && cost <= mostCost ? cost : null;
}

/** A hash that no password fits, which costs as much as one of that cost. */
export const bcryptDecoy = (cost: number): string => `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;

/** Whether a stored text is a hash of another system, not one of ours: bcrypt, or a bare SHA-256. */
export const isLegacyHash = (hash: string): boolean => bcryptCost(hash) !== null || sha256Shape.test(hash);

/**
 * Whether a password fits a hash of another system: bcrypt of the password, bcrypt of its SHA-256 in hexadecimal, or that SHA-256 itself.
 * What looks like a SHA-256 is taken for one that a client made, so it fits no bcrypt hash: it would be as good as the password.
 */
export async function verifyLegacyHash(hash: string, password: string): Promise<boolean> {
  const digest = sha256(password);
  if (sha256Shape.test(hash)) return timingSafeEqual(Buffer.from(digest), Buffer.from(hash.toLowerCase()));
  if (bcryptCost(hash) === null) return false;
  // PHP's name for what is called 2b elsewhere, which the library does not know.
  const known = hash.replace(/^\$2y/, '$2b');
  // Both, also when the first fits: how long it takes must not say which.
  const [plain, overDigest] = await Promise.all([password, digest].map((each) => bcrypt.compare(each, known).catch(() => false)));
  return overDigest! || (plain! && !sha256Shape.test(password));
}
