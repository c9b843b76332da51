import { digitsAt } from './digits-at.mjs';

const COLON = 58;
const LONGEST_CLOCK = 'HH:MM:SS.'.length;

/**
 * The milliseconds of a time of day and the position after it.
 * @typedef {{ ms: number, end: number }} Clock
 */

/**
 * Reads `HH:MM` with optional `:SS` and fraction after a point or a comma.
 * @param {string} text
 * @param {number} at
 * @returns {Clock | null}
 */
export function readClock(text, at) {
  const hour = digitsAt(text, at, 2);
  const minute = digitsAt(text, at + 3, 2);
  if (!(hour < 24 && minute < 60) || text.charCodeAt(at + 2) !== COLON) return null;
  const ms = (hour * 60 + minute) * 60_000;
  const second = text.charCodeAt(at + 5) === COLON ? digitsAt(text, at + 6, 2) : NaN;
  if (!(second <= 60)) return { ms, end: at + 5 };
  const mark = text.charAt(at + 8);
  const fraction = mark === '.' || mark === ',' ? readFraction(text, at + LONGEST_CLOCK) : null;
  if (fraction) return { ms: ms + second * 1000 + fraction.ms, end: fraction.end };
  return { ms: ms + second * 1000, end: at + 8 };
}

/**
 * @param {string} text
 * @param {number} at
 * @returns {Clock | null} null when no digit follows
 */
function readFraction(text, at) {
  let end = at;
  let ms = 0;
  let unit = 100;
  for (let digit = digitsAt(text, end, 1); digit >= 0; digit = digitsAt(text, end, 1)) {
    ms += digit * unit;
    unit /= 10;
    end += 1;
  }
  return end > at ? { ms: Math.floor(ms + 1e-6), end } : null;
}
