import { readIsoTime } from '../times/read-iso-time.mjs';
import { ipv4End, ipv6End, uuidEnd } from './address-ends.mjs';
import { quoteEnd } from './quote-end.mjs';
import { COLON, DASH, DIGIT, DOT, WORD } from './scanned-text.mjs';
import { hexEnd, idEnd, numberEnd } from './word-ends.mjs';

/** @typedef {import('./scanned-text.mjs').ScannedText} ScannedText */
/** @typedef {{ end: number, placeholder: string }} Token where it ends and what replaces it: nothing if it does not vary */

const NONE = -1;
const LOWER_CASE = 32;
const LETTER_V = 118;

/**
 * Reads what stands at a candidate's position.
 * @param {ScannedText} scanned
 * @param {number} at
 * @returns {Token}
 */
export function tokenAt(scanned, at) {
  if (scanned.is(at, COLON)) return found(ipv6End(scanned, at), '<ip>') ?? { end: at + 1, placeholder: '' };
  if (!scanned.is(at, WORD)) return found(quoteEnd(scanned, at), '<str>') ?? { end: at + 1, placeholder: '' };
  const wordEnd = scanned.runEnd(at, WORD);
  return (
    compoundAt(scanned, at, wordEnd) ??
    numberAt(scanned, at, wordEnd) ??
    generatedAt(scanned, at, wordEnd) ??
    found(numberEnd(scanned, at), '<num>') ?? { end: firstDigit(scanned, at, wordEnd), placeholder: '' }
  );
}

/**
 * @param {ScannedText} scanned
 * @param {number} at
 * @param {number} wordEnd
 */
function compoundAt(scanned, at, wordEnd) {
  if (scanned.is(wordEnd, DOT)) return found(ipv4End(scanned, at), '<ip>');
  if (scanned.is(wordEnd, COLON)) return found(ipv6End(scanned, at), '<ip>');
  if (scanned.is(wordEnd, DASH)) {
    return found(uuidEnd(scanned, at), '<uuid>') ?? found(timeEnd(scanned, at), '<time>');
  }
  return scanned.text.charAt(wordEnd) === '/' ? found(timeEnd(scanned, at), '<time>') : undefined;
}

/**
 * @param {ScannedText} scanned
 * @param {number} at
 * @param {number} wordEnd
 */
function numberAt(scanned, at, wordEnd) {
  const isNumber = scanned.runEnd(at, DIGIT) === wordEnd;
  return isNumber ? found(numberEnd(scanned, at), '<num>') : undefined;
}

/**
 * @param {ScannedText} scanned
 * @param {number} at
 * @param {number} wordEnd
 * @returns {Token | undefined}
 */
function generatedAt(scanned, at, wordEnd) {
  if (isVersion(scanned, at, wordEnd)) return { end: wordEnd, placeholder: '' };
  return found(hexEnd(scanned, at, wordEnd), '<hex>') ?? found(idEnd(scanned, at, wordEnd), '<id>');
}

/**
 * Tells the `v1` of an API, which is no varying number.
 * @param {ScannedText} scanned
 * @param {number} at
 * @param {number} wordEnd
 */
function isVersion(scanned, at, wordEnd) {
  if (wordEnd - at > 4 || (scanned.text.charCodeAt(at) | LOWER_CASE) !== LETTER_V) return false;
  return scanned.runEnd(at + 1, DIGIT) === wordEnd;
}

/**
 * @param {ScannedText} scanned
 * @param {number} at
 * @param {number} wordEnd
 */
function firstDigit(scanned, at, wordEnd) {
  while (at < wordEnd && !scanned.is(at, DIGIT)) at += 1;
  return at;
}

/**
 * @param {ScannedText} scanned
 * @param {number} at
 */
function timeEnd(scanned, at) {
  return readIsoTime(scanned.text, at)?.end ?? NONE;
}

/**
 * @param {number} end
 * @param {string} placeholder
 * @returns {Token | undefined}
 */
function found(end, placeholder) {
  return end === NONE ? undefined : { end, placeholder };
}
