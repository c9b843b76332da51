import { randomBytes, randomFillSync } from 'node:crypto';
import { validate, version } from 'uuid';

let lastMs = 0;
let counter = 0;
// Drawn in one go: each call of the generator costs more than all else of an id.
const pool = Buffer.alloc(6 * 512);
let taken = pool.length;

function putRandom(into: Buffer, at: number): void {
  if (taken === pool.length) {
    randomFillSync(pool);
    taken = 0;
  }
  pool.copy(into, at, taken, (taken += 6));
}

/**
 * Makes an id: a UUID version 7 (RFC 9562) whose `rand_a` holds the number of the type (1 to 4095), and whose next 20 bits count
 * within the millisecond, so that the ids of one process are in the order of their making.
 */
export function newId(type: number): string {
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    counter = randomBytes(2).readUInt16BE();
  } else if (++counter > 0xfffff) {
    lastMs += 1;
    counter = 0;
  }
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | (type & 0xfff), 6);
  putRandom(bytes, 10);
  bytes.writeUInt16BE(0x8000 | (counter >> 6), 8);
  bytes[10] = ((counter & 0x3f) << 2) | (bytes[10]! & 0x03);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The type number that an id carries, or null when it is not one of ours (another version, or no UUID). */
export function typeOfId(id: string): number | null {
  if (!isUuid(id) || version(id) !== 7) return null;
  return Number.parseInt(id.slice(15, 18), 16);
}

/** Whether the text is a UUID of any version, in the one spelling that streams, caches and answers use: lower case. */
export const isUuid = (text: string): boolean => validate(text) && text === text.toLowerCase();
