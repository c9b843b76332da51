/**
 * A time for the report; null when there is none.
 * @param {number | undefined} timeMs
 */
export function writeTime(timeMs) {
  return timeMs === undefined || !Number.isFinite(timeMs) ? null : new Date(timeMs).toISOString();
}
