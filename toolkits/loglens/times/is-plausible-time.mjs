const EARLIEST_MS = Date.UTC(1990, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

/**
 * Tells a real time from that of an unset clock, which would stretch the time line over decades.
 * @param {number} timeMs
 */
export function isPlausibleTime(timeMs) {
  return timeMs >= EARLIEST_MS && timeMs < LATEST_MS;
}
