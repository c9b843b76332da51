import { levelOfName } from '../levels/level-of-name.mjs';
import { digitsAt } from '../times/digits-at.mjs';
import { monthOf } from '../times/month-of.mjs';
import { readClock } from '../times/read-clock.mjs';

const HEADER = /^\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\w{3} \d\d \d\d:\d\d:\d\d(?:\.\d+)?) (\d{4})\] \[(?:\w*:)?(\w+)\] /;
const PROCESS_AND_CLIENT = /^(?:\[(?:pid|client) [^\]]*\] )*/;

/**
 * Reads a line of Apache's error log, `[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 1] text`.
 * @param {string} line
 * @returns {import('./entry.mjs').Entry | null}
 */
export function parseApacheError(line) {
  const header = line.charAt(0) === '[' ? HEADER.exec(line) : null;
  if (!header) return null;
  const [whole, stamp = '', year, level = ''] = header;
  const month = monthOf(stamp, 0);
  const clock = readClock(stamp, 'Sep 09 '.length);
  if (month === -1 || !clock) return null;
  return {
    format: 'apache-error',
    timeMs: Date.UTC(Number(year), month, digitsAt(stamp, 4, 2)) + clock.ms,
    hasZone: false,
    level: levelOfName(level) ?? 'UNKNOWN',
    message: line.slice(whole.length).replace(PROCESS_AND_CLIENT, ''),
    request: undefined,
  };
}
