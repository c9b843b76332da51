import { guessLevel } from '../levels/guess-level.mjs';
import { levelOfNumber } from '../levels/level-of-number.mjs';
import { readIsoTime } from '../times/read-iso-time.mjs';
import { readSyslogTime } from '../times/read-syslog-time.mjs';

const PRIORITY = /^<(\d{1,3})>/;
const LETTERS = /^[A-Z]/;
const HOST_AND_TAG = /^ (?:\S+ )?([^\s:[\]]+)(?:\[[^\]]*\])?: ?/;
const HOST = /^ \S+ /;
const RFC5424_HEADER = /^ \S+ (\S+) \S+ \S+ (?:-|(?:\[(?:[^\]\\]|\\.)*\])+) ?(?:\uFEFF)?/;

/**
 * Reads a line of syslog, RFC 5424 or the older RFC 3164.
 * @param {string} line
 * @param {number} referenceMs when the file was last written, since RFC 3164 writes no year
 * @returns {import('./entry.mjs').Entry | null}
 */
export function parseSyslog(line, referenceMs) {
  const first = line.charAt(0);
  if (first !== '<' && !LETTERS.test(first)) return null;
  const priority = first === '<' ? PRIORITY.exec(line) : null;
  const start = priority?.[0].length ?? 0;
  const severity = priority ? Number(priority[1]) % 8 : undefined;
  if (priority && line.startsWith('1 ', start)) return parseRfc5424(line, start + 2, severity);
  return parseRfc3164(line, start, { severity, referenceMs });
}

/**
 * @param {string} line
 * @param {number} at
 * @param {number | undefined} severity
 */
function parseRfc5424(line, at, severity) {
  const time = line.charAt(at) === '-' ? { timeMs: undefined, end: at + 1, hasZone: true } : readIsoTime(line, at);
  const header = time ? RFC5424_HEADER.exec(line.slice(time.end)) : null;
  if (!time || !header) return null;
  const text = line.slice(time.end + header[0].length);
  const message = header[1] === '-' ? text : `${header[1]}: ${text}`;
  return toEntry('syslog-rfc5424', { time, message, severity });
}

/**
 * @param {string} line
 * @param {number} at
 * @param {{ severity: number | undefined, referenceMs: number }} known
 */
function parseRfc3164(line, at, { severity, referenceMs }) {
  const time = readSyslogTime(line, at, referenceMs);
  if (!time) return null;
  const rest = line.slice(time.end);
  const tag = HOST_AND_TAG.exec(rest);
  const message = tag ? `${tag[1]}: ${rest.slice(tag[0].length)}` : rest.slice(HOST.exec(rest)?.[0].length ?? 0).trimStart();
  return toEntry('syslog-rfc3164', { time, message, severity });
}

/**
 * @param {string} format
 * @param {{ time: { timeMs: number | undefined, hasZone: boolean }, message: string, severity: number | undefined }} read
 * @returns {import('./entry.mjs').Entry}
 */
function toEntry(format, { time, message, severity }) {
  const told = severity === undefined ? guessLevel(message) : levelOfNumber(severity);
  const level = told ?? 'UNKNOWN';
  return { format, timeMs: time.timeMs, hasZone: time.hasZone, level, message, request: undefined };
}
