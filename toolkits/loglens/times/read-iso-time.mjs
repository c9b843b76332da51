import { digitsAt } from './digits-at.mjs';
import { readClock } from './read-clock.mjs';
import { readZone } from './read-zone.mjs';

/**
 * A point in time in epoch milliseconds, and the position after it.
 * @typedef {{ timeMs: number, end: number, hasZone: boolean }} ReadTime
 */

/**
 * Reads `YYYY-MM-DDTHH:MM:SS` with its usual variations: a space for the T, slashes for the dashes, a fraction,
 * a zone.
 * @param {string} text
 * @param {number} at
 * @returns {ReadTime | null}
 */
export function readIsoTime(text, at) {
  const dash = text.charAt(at + 4);
  if ((dash !== '-' && dash !== '/') || text.charAt(at + 7) !== dash) return null;
  const between = text.charAt(at + 10);
  if (between !== 'T' && between !== ' ' && between !== 't') return null;
  const midnight = readDate(text, at);
  const clock = readClock(text, at + 11);
  if (Number.isNaN(midnight) || !clock) return null;
  const zone = readZone(text, clock.end);
  return { timeMs: midnight + clock.ms - zone.offsetMs, end: zone.end, hasZone: zone.hasZone };
}

/**
 * @param {string} text
 * @param {number} at
 */
function readDate(text, at) {
  const year = digitsAt(text, at, 4);
  const month = digitsAt(text, at + 5, 2);
  const day = digitsAt(text, at + 8, 2);
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= 31;
  return isDate ? Date.UTC(year, month - 1, day) : NaN;
}
