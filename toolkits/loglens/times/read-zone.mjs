import { digitsAt } from './digits-at.mjs';

const MINUTE_MS = 60_000;

/**
 * An offset from UTC and the position after it; hasZone is false when none was written, and UTC is assumed.
 * @typedef {{ offsetMs: number, end: number, hasZone: boolean }} Zone
 */

/**
 * Reads `Z`, ` UTC`, ` GMT`, or, after one space or none, `+hh`, `+hhmm` or `+hh:mm`.
 * @param {string} text
 * @param {number} at
 * @returns {Zone}
 */
export function readZone(text, at) {
  if (text.charAt(at) === 'Z') return { offsetMs: 0, end: at + 1, hasZone: true };
  const start = text.charAt(at) === ' ' ? at + 1 : at;
  const sign = text.charAt(start);
  if (sign === 'U' || sign === 'G') return readName(text, start, at);
  const hours = sign === '+' || sign === '-' ? digitsAt(text, start + 1, 2) : NaN;
  if (!(hours <= 14)) return { offsetMs: 0, end: at, hasZone: false };
  const afterHours = start + 3;
  const minutesAt = text.charAt(afterHours) === ':' ? afterHours + 1 : afterHours;
  const minutes = digitsAt(text, minutesAt, 2);
  const isWhole = !(minutes < 60);
  if (isWhole && start > at) return { offsetMs: 0, end: at, hasZone: false };
  const offset = (hours * 60 + (isWhole ? 0 : minutes)) * MINUTE_MS;
  const end = isWhole ? afterHours : minutesAt + 2;
  return { offsetMs: sign === '-' ? -offset : offset, end, hasZone: true };
}

/**
 * @param {string} text
 * @param {number} start
 * @param {number} before where the zone would end if there were none
 * @returns {Zone}
 */
function readName(text, start, before) {
  const hasZone = text.startsWith('UTC', start) || text.startsWith('GMT', start);
  return { offsetMs: 0, end: hasZone ? start + 3 : before, hasZone };
}
