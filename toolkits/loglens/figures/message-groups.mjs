import { clip } from './clip.mjs';
import { detach } from './detach.mjs';
import { TopCounter } from './top-counter.mjs';

/** Groups take up to 2 kB each with their template and example. */
const MOST_GROUPS = 5000;
const LONGEST_EXAMPLE = 300;
const LONGEST_EXAMPLE_WITH_STACK = 600;

/**
 * The messages of one template.
 * @typedef {object} Group
 * @property {number} count
 * @property {number} missed
 * @property {import('../levels/level.mjs').Level} level that of the first message
 * @property {string} example
 * @property {number | undefined} firstMs
 * @property {number | undefined} lastMs
 */

/**
 * A message which was just seen.
 * @typedef {{ template: string, text: string, level: import('../levels/level.mjs').Level, timeMs: number | undefined }} Sighting
 */

/** Counts messages by template and keeps an example of each. */
export class MessageGroups {
  /** @type {TopCounter<Group>} */
  #groups = new TopCounter(MOST_GROUPS, emptyGroup);
  /** @type {Group | undefined} */
  #newest;

  get size() {
    return this.#groups.size;
  }

  /**
   * Counts a message; tells whether its template is new.
   * @param {Sighting} sighting
   */
  add(sighting) {
    const group = this.#groups.add(sighting.template);
    const isNew = group.count === 1;
    if (isNew) {
      group.level = sighting.level;
      group.example = detach(clip(sighting.text, LONGEST_EXAMPLE));
    }
    const { timeMs } = sighting;
    if (timeMs !== undefined) {
      if (group.firstMs === undefined || timeMs < group.firstMs) group.firstMs = timeMs;
      if (group.lastMs === undefined || timeMs > group.lastMs) group.lastMs = timeMs;
    }
    this.#newest = isNew ? group : undefined;
    return isNew;
  }

  /**
   * Adds a line of a stack trace to the example that the last message became, if it became one.
   * @param {string} line
   */
  continue(line) {
    const group = this.#newest;
    if (!group || group.example.length >= LONGEST_EXAMPLE_WITH_STACK) return;
    group.example = clip(`${group.example}\n${line}`, LONGEST_EXAMPLE_WITH_STACK);
  }

  /** @param {number} length */
  top(length) {
    return this.#groups.top(length);
  }
}

/** @returns {Group} */
function emptyGroup() {
  return { count: 0, missed: 0, level: 'UNKNOWN', example: '', firstMs: undefined, lastMs: undefined };
}
