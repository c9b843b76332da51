import { COLON, DASH, DIGIT, DOT, HEX, WORD } from './scanned-text.mjs';

/** @typedef {import('./scanned-text.mjs').ScannedText} ScannedText */

const NONE = -1;
const UUID_DASHES = [8, 13, 18, 23];
const UUID_LENGTH = 36;

/**
 * @param {ScannedText} scanned
 * @param {number} at
 */
export function uuidEnd(scanned, at) {
  if (!scanned.is(at + 8, DASH) || !scanned.is(at + 13, DASH)) return NONE;
  let start = at;
  for (const dash of UUID_DASHES) {
    if (scanned.runEnd(start, HEX) !== at + dash || !scanned.is(at + dash, DASH)) return NONE;
    start = at + dash + 1;
  }
  const end = scanned.runEnd(start, WORD);
  return end === at + UUID_LENGTH && scanned.runEnd(start, HEX) === end ? end : NONE;
}

/**
 * @param {ScannedText} scanned
 * @param {number} at
 */
export function ipv4End(scanned, at) {
  let start = at;
  for (let part = 1; part <= 4; part += 1) {
    const end = scanned.runEnd(start, DIGIT);
    if (end === start || end - start > 3) return NONE;
    const hasNext = scanned.is(end, DOT) && scanned.is(end + 1, DIGIT);
    if (part === 4) return hasNext ? NONE : end;
    if (!hasNext) return NONE;
    start = end + 1;
  }
  return NONE;
}

/**
 * An IPv6 address in full or with `::`, also one that ends in an IPv4 address, or a MAC address.
 * @param {ScannedText} scanned
 * @param {number} at
 */
export function ipv6End(scanned, at) {
  let end = at;
  let group = at;
  let colons = 0;
  let isShortened = false;
  while (scanned.is(end, HEX | COLON)) {
    if (scanned.is(end, COLON)) {
      isShortened ||= scanned.is(end + 1, COLON);
      colons += 1;
      group = end + 1;
    }
    end += 1;
  }
  if (scanned.is(end, DOT)) end = Math.max(end, ipv4End(scanned, group));
  const isAddress = colons >= 2 && colons <= 7 && (isShortened || colons === 7 || colons === 5);
  return isAddress && !scanned.is(end, WORD) ? end : NONE;
}
