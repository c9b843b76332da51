import { digitsAt } from './digits-at.mjs';
import { monthOf } from './month-of.mjs';
import { readClock } from './read-clock.mjs';
import { readZone } from './read-zone.mjs';

/** Neighbouring lines of an access log mostly carry the same second. */
let lastStamp = '';
let lastTimeMs = NaN;

/**
 * Reads the stamp of an access log, `10/Oct/2000:13:55:36 -0700`; NaN when it is none.
 * @param {string} stamp
 */
export function readAccessTime(stamp) {
  if (stamp === lastStamp) return lastTimeMs;
  const day = digitsAt(stamp, 0, 2);
  const month = monthOf(stamp, 3);
  const year = digitsAt(stamp, 7, 4);
  const clock = readClock(stamp, 12);
  const isDate = day >= 1 && day <= 31 && month >= 0 && year >= 0;
  if (!isDate || !clock) return NaN;
  const zone = readZone(stamp, clock.end);
  lastTimeMs = Date.UTC(year, month, day) + clock.ms - zone.offsetMs;
  lastStamp = stamp;
  return lastTimeMs;
}
