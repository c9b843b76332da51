import { closingQuote } from './closing-quote.mjs';

const SPACE = 32;
const QUOTE = 34;

/** A bare integer is left alone: it may be seconds, microseconds or a length. */
const DURATION = /^(?:(?:rt|request_time|duration|took)=)?"?(\d+\.\d+|\d+(?=ms))(ms|s)?"?$/;
const DURATION_START = /[\drtdD]/;
const LONGEST_WORD = 24;
const MICROSECONDS = /^D=(\d+)$/;

/**
 * Reads what follows the byte count: referrer and user agent, then perhaps a request time such as `0.123`,
 * `"0.123"`, `rt=0.123`, `12ms` or Apache's `D=123000`.
 * @param {string} line
 * @param {number} at
 * @returns {{ isCombined: boolean, durationMs: number | undefined }}
 */
export function readAccessTail(line, at) {
  let quoted = 0;
  let durationMs;
  while (at < line.length && durationMs === undefined) {
    const isQuoted = line.charCodeAt(at) === QUOTE;
    const end = isQuoted ? closingQuote(line, at + 1) : line.indexOf(' ', at);
    const stop = end === -1 ? line.length : end;
    const start = isQuoted ? at + 1 : at;
    if (stop > start && line.charCodeAt(start) !== SPACE) durationMs = readDuration(line, start, stop);
    if (isQuoted && durationMs === undefined) quoted += 1;
    at = stop + 1;
  }
  return { isCombined: quoted >= 2, durationMs };
}

/**
 * @param {string} line
 * @param {number} start
 * @param {number} end
 */
function readDuration(line, start, end) {
  if (end - start > LONGEST_WORD || !DURATION_START.test(line.charAt(start))) return undefined;
  const word = line.slice(start, end);
  const seconds = word.includes('.') ? Number(word) : NaN;
  if (seconds >= 0) return seconds * 1000;
  const match = DURATION.exec(word);
  if (match) return Number(match[1]) * (match[2] === 'ms' ? 1 : 1000);
  const microseconds = MICROSECONDS.exec(word)?.[1];
  return microseconds === undefined ? undefined : Number(microseconds) / 1000;
}
