import { levelOfName } from '../levels/level-of-name.mjs';
import { readClock } from '../times/read-clock.mjs';
import { readIsoTime } from '../times/read-iso-time.mjs';
import { splitLevel } from './split-level.mjs';

const LEADING_LEVEL = /^\[?([A-Za-z]{3,9})\]?[:\s|-]+/;
const LABEL = /^(?:time|ts|timestamp|t)="?/;
const AFTER_TIME = /^["\]]?[\s|,:;-]*/;
const WIDEST_SEPARATOR = 40;

/**
 * Reads a text line that begins with an ISO timestamp, alone, in brackets, after `time=` or after a level; log4j,
 * logback, Python, PostgreSQL and nginx's error log write such lines. A time of day without a date will do.
 * @param {string} line
 * @returns {import('./entry.mjs').Entry | null}
 */
export function parseTimestamped(line) {
  const first = line.charCodeAt(0);
  const isLetter = (first | 32) >= 97 && (first | 32) <= 122;
  const leading = isLetter || first === 91 ? LEADING_LEVEL.exec(line) : null;
  const leadingLevel = leading ? levelOfName(leading[1] ?? '') : undefined;
  const start = leading && leadingLevel ? leading[0].length : 0;
  const time = readHeaderTime(line, start);
  if (!time) return null;
  const separator = AFTER_TIME.exec(line.slice(time.end, time.end + WIDEST_SEPARATOR))?.[0] ?? '';
  const rest = line.slice(time.end + separator.length);
  const { level, message } = leadingLevel ? { level: leadingLevel, message: rest } : splitLevel(rest);
  return {
    format: 'timestamped',
    timeMs: time.timeMs,
    hasZone: time.hasZone,
    level,
    message,
    request: undefined,
  };
}

/**
 * @param {string} line
 * @param {number} start
 */
function readHeaderTime(line, start) {
  const bracketed = line.charAt(start) === '[' ? start + 1 : start;
  const label = line.charAt(bracketed) === 't' ? LABEL.exec(line.slice(bracketed, bracketed + 12)) : null;
  const at = bracketed + (label?.[0].length ?? 0);
  const time = readIsoTime(line, at);
  if (time) return time;
  const clock = readClock(line, at);
  const hasSeconds = clock !== null && clock.end - at >= 'HH:MM:SS'.length;
  return hasSeconds ? { timeMs: undefined, end: clock.end, hasZone: true } : null;
}
