import { DIGIT, DOT, HEX } from './scanned-text.mjs';

/** @typedef {import('./scanned-text.mjs').ScannedText} ScannedText */

const NONE = -1;
const SHORTEST_HEX = 7;
const SHORTEST_ID = 5;
const LONG_ID = 20;
const COMMA = ',';

/**
 * The end of a word of hexadecimal digits: `0x…`, or seven or more of them with digits and letters mixed.
 * @param {ScannedText} scanned
 * @param {number} at
 * @param {number} wordEnd
 */
export function hexEnd(scanned, at, wordEnd) {
  const isPrefixed = wordEnd > at + 2 && scanned.text.startsWith('0x', at);
  if (!isPrefixed && wordEnd - at < SHORTEST_HEX) return NONE;
  return scanned.runEnd(isPrefixed ? at + 2 : at, HEX) === wordEnd ? wordEnd : NONE;
}

/**
 * The end of a word that looks generated: letters and digits in turn, or very long.
 * @param {ScannedText} scanned
 * @param {number} at
 * @param {number} wordEnd
 */
export function idEnd(scanned, at, wordEnd) {
  if (wordEnd - at < SHORTEST_ID) return NONE;
  let turns = 0;
  for (let next = at + 1; next < wordEnd; next += 1) {
    if (scanned.is(next, DIGIT) !== scanned.is(next - 1, DIGIT)) turns += 1;
  }
  return turns >= 3 || (turns > 0 && wordEnd - at >= LONG_ID) ? wordEnd : NONE;
}

/**
 * The end of a number with its points and commas, as in `12.5`, `1,234` or `1.2.3`.
 * @param {ScannedText} scanned
 * @param {number} at
 */
export function numberEnd(scanned, at) {
  let end = scanned.runEnd(at, DIGIT);
  while (scanned.is(end + 1, DIGIT) && (scanned.is(end, DOT) || scanned.text.charAt(end) === COMMA)) {
    end = scanned.runEnd(end + 1, DIGIT);
  }
  return end > at ? end : NONE;
}
