import { COLON, DASH, DIGIT, HEX, PERCENT, QUOTE, WORD } from './scanned-text.mjs';

/** @typedef {import('./scanned-text.mjs').ScannedText} ScannedText */

const ESCAPE_LENGTH = '%20'.length;

/**
 * The next position at which something that varies may begin; the end of the text when there is none.
 * @param {ScannedText} scanned
 * @param {number} at
 */
export function nextCandidate(scanned, at) {
  while (at < scanned.end) {
    const kind = scanned.kind(at);
    if ((kind & WORD) === 0) {
      if ((kind & QUOTE) !== 0 || isShortAddress(scanned, at)) return at;
      at += isEscape(scanned, at) ? ESCAPE_LENGTH : 1;
      continue;
    }
    let any = 0;
    let all = HEX;
    let end = at;
    for (let next = kind; (next & WORD) !== 0; next = scanned.kind(end)) {
      any |= next;
      all &= next;
      end += 1;
    }
    if ((any & DIGIT) !== 0 || (all !== 0 && mayBeginAddress(scanned, end - at, end))) return at;
    at = end;
  }
  return scanned.end;
}

/**
 * Tells the `::` that begins a short IPv6 address.
 * @param {ScannedText} scanned
 * @param {number} at
 */
function isShortAddress(scanned, at) {
  if (!scanned.is(at, COLON) || !scanned.is(at + 1, COLON)) return false;
  return !scanned.is(at - 1, WORD) && scanned.is(at + 2, HEX);
}

/**
 * Tells an escape of a URL, such as `%20`.
 * @param {ScannedText} scanned
 * @param {number} at
 */
function isEscape(scanned, at) {
  return scanned.is(at, PERCENT) && scanned.is(at + 1, HEX) && scanned.is(at + 2, HEX);
}

/**
 * Tells whether hexadecimal letters may begin a UUID, an IPv6 or a MAC address.
 * @param {ScannedText} scanned
 * @param {number} length of the letters
 * @param {number} end of the letters
 */
function mayBeginAddress(scanned, length, end) {
  return (length === 8 && scanned.is(end, DASH)) || (length <= 4 && scanned.is(end, COLON));
}
