import { detach } from './detach.mjs';
import { LogHistogram } from './log-histogram.mjs';
import { TopCounter } from './top-counter.mjs';

/** Paths take up to 1.5 kB each, most of it the histogram of their durations. */
const MOST_PATHS = 4000;
const LONGEST_EXAMPLE = 200;

/**
 * The requests to one path.
 * @typedef {object} PathSlot
 * @property {number} count
 * @property {number} missed
 * @property {number} errors responses of 500 and above
 * @property {number} sentBytes
 * @property {string} example
 * @property {LogHistogram | undefined} durations
 */

/** Counts requests by path, numbers and ids in it replaced by placeholders. */
export class PathFigures {
  /** @type {TopCounter<PathSlot>} */
  #paths = new TopCounter(MOST_PATHS, emptySlot);

  get size() {
    return this.#paths.size;
  }

  /**
   * @param {string} template
   * @param {import('../formats/entry.mjs').Request} request
   */
  add(template, request) {
    const slot = this.#paths.add(template);
    if (slot.count === 1) slot.example = detach((request.path ?? '').slice(0, LONGEST_EXAMPLE));
    if (request.status !== undefined && request.status >= 500) slot.errors += 1;
    slot.sentBytes += request.sentBytes ?? 0;
    if (request.durationMs === undefined) return;
    slot.durations ??= new LogHistogram();
    slot.durations.add(request.durationMs);
  }

  /** @param {number} length */
  mostRequested(length) {
    return this.#paths.top(length);
  }

  /**
   * The paths with the highest mean duration.
   * @param {number} length
   */
  slowest(length) {
    const top = this.#paths.top(length, (a, b) => meanMs(b) - meanMs(a));
    return { ...top, rows: top.rows.filter(([, slot]) => slot.durations !== undefined) };
  }
}

/** @param {PathSlot} slot */
function meanMs(slot) {
  return slot.durations?.meanMs ?? -1;
}

/** @returns {PathSlot} */
function emptySlot() {
  return { count: 0, missed: 0, errors: 0, sentBytes: 0, example: '', durations: undefined };
}
