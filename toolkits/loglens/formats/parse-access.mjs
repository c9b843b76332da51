import { levelOfStatus } from '../levels/level-of-status.mjs';
import { digitsAt } from '../times/digits-at.mjs';
import { readAccessTime } from '../times/read-access-time.mjs';
import { closingQuote } from './closing-quote.mjs';
import { readAccessTail } from './read-access-tail.mjs';
import { readRequestLine } from './read-request-line.mjs';

const STAMP_LENGTH = '10/Oct/2000:13:55:36 -0700'.length;
const SPACE = 32;
const QUOTE = 34;
const BRACKET_CLOSE = 93;

/**
 * Reads a line of the common or combined format of Apache and nginx; scanned by hand, since there are many of them.
 * @param {string} line
 * @returns {import('./entry.mjs').Entry | null}
 */
export function parseAccess(line) {
  const clientEnd = line.indexOf(' ');
  const stampStart = clientEnd < 1 ? -1 : line.indexOf('[', clientEnd) + 1;
  const stampEnd = stampStart + STAMP_LENGTH;
  const quote = stampEnd + 2;
  if (stampStart < 1 || line.charCodeAt(stampEnd) !== BRACKET_CLOSE) return null;
  if (line.charCodeAt(quote) !== QUOTE) return null;
  const requestEnd = closingQuote(line, quote + 1);
  const status = digitsAt(line, requestEnd + 2, 3);
  const timeMs = readAccessTime(line.slice(stampStart, stampEnd));
  if (requestEnd === -1 || !(status >= 100 && status < 600) || Number.isNaN(timeMs)) return null;

  const bytesStart = requestEnd + 6;
  const bytesEnd = wordEnd(line, bytesStart);
  const tail = readAccessTail(line, bytesEnd);
  const { method, path } = readRequestLine(line, quote + 1, requestEnd);
  return {
    format: tail.isCombined ? 'access-combined' : 'access-common',
    timeMs,
    hasZone: true,
    level: levelOfStatus(status),
    message: undefined,
    request: {
      method,
      path,
      status,
      sentBytes: digitsAt(line, bytesStart, bytesEnd - bytesStart) || 0,
      durationMs: tail.durationMs,
      client: readClient(line, clientEnd),
    },
  };
}

/**
 * @param {string} line
 * @param {number} firstEnd
 */
function readClient(line, firstEnd) {
  const second = firstEnd + 1;
  const isIdentity = line.charCodeAt(second + 1) === SPACE;
  const secondEnd = isIdentity ? second : wordEnd(line, second);
  const hasHostFirst = !isIdentity && /^[\da-f:.]*[:.][\da-f:.]*$/i.test(line.slice(second, secondEnd));
  return hasHostFirst ? line.slice(second, secondEnd) : line.slice(0, firstEnd);
}

/**
 * @param {string} line
 * @param {number} at
 */
function wordEnd(line, at) {
  const end = line.indexOf(' ', at);
  return end === -1 ? line.length : end;
}
