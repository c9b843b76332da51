import { digitsAt } from './digits-at.mjs';
import { monthOf } from './month-of.mjs';
import { readClock } from './read-clock.mjs';

const DAY_MS = 86_400_000;

/**
 * Reads `Oct 11 22:14:15`. The year is not written: it is the latest that does not lie in the future of the reference.
 * @param {string} text
 * @param {number} at
 * @param {number} referenceMs when the file was last written
 * @returns {import('./read-iso-time.mjs').ReadTime | null}
 */
export function readSyslogTime(text, at, referenceMs) {
  const month = monthOf(text, at);
  if (month === -1 || text.charAt(at + 3) !== ' ') return null;
  const isPadded = text.charAt(at + 4) === ' ';
  const day = isPadded ? digitsAt(text, at + 5, 1) : digitsAt(text, at + 4, 2);
  const clock = readClock(text, at + 7);
  if (!(day >= 1 && day <= 31) || text.charAt(at + 6) !== ' ' || !clock) return null;
  const year = new Date(referenceMs).getUTCFullYear();
  const thisYear = Date.UTC(year, month, day) + clock.ms;
  const isFuture = thisYear > referenceMs + DAY_MS;
  const timeMs = isFuture ? Date.UTC(year - 1, month, day) + clock.ms : thisYear;
  return { timeMs, end: clock.end, hasZone: false };
}
