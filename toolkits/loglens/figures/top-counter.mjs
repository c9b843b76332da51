import { detach } from './detach.mjs';

/**
 * What is kept per key. A key that was evicted and came back may have missed up to so many of its occurrences.
 * @typedef {{ count: number, missed: number }} Slot
 */

/**
 * Counts occurrences by key in bounded memory. When it is full, the half with the lowest counts is evicted; counts
 * are then lower bounds, and how much they may have missed is known.
 * @template {Slot} S
 */
export class TopCounter {
  /** @type {Map<string, S>} */
  #slots = new Map();
  #capacity;
  #create;
  #evictedUpTo = 0;

  /**
   * @param {number} capacity
   * @param {() => S} create gives an empty slot, with room for figures of the caller's own
   */
  constructor(capacity, create) {
    this.#capacity = capacity;
    this.#create = create;
  }

  get size() {
    return this.#slots.size;
  }

  /**
   * Counts one occurrence and gives the slot of its key, with a count of 1 when the key is new.
   * @param {string} key
   */
  add(key) {
    const slot = this.#slots.get(key) ?? this.#insert(key);
    slot.count += 1;
    return slot;
  }

  /**
   * The first keys in the given order, and by how much their counts may be too low. They are exact when no evicted
   * key could stand among them.
   * @param {number} length
   * @param {(a: S, b: S) => number} [order] by count unless told
   * @returns {{ isApproximate: boolean, missedUpTo: number, rows: [string, S][] }}
   */
  top(length, order = byCount) {
    const rows = [...this.#slots].sort(([, a], [, b]) => order(a, b) || byCount(a, b)).slice(0, length);
    const lowest = rows.at(-1)?.[1].count ?? 0;
    const isComplete = this.#evictedUpTo === 0 || (order === byCount && lowest >= this.#evictedUpTo);
    const isApproximate = !isComplete || rows.some(([, slot]) => slot.missed > 0);
    return { isApproximate, missedUpTo: isApproximate ? this.#evictedUpTo : 0, rows };
  }

  /** @param {string} key */
  #insert(key) {
    if (this.#slots.size >= this.#capacity) this.#evict();
    const slot = this.#create();
    slot.missed = this.#evictedUpTo;
    this.#slots.set(detach(key), slot);
    return slot;
  }

  #evict() {
    const weights = Float64Array.from(this.#slots.values(), weightOf).sort();
    let surplus = Math.ceil(weights.length / 2);
    const threshold = weights[surplus - 1] ?? 0;
    for (const [key, slot] of this.#slots) {
      if (surplus === 0) break;
      if (weightOf(slot) > threshold) continue;
      this.#slots.delete(key);
      surplus -= 1;
    }
    this.#evictedUpTo = Math.max(this.#evictedUpTo, threshold);
  }
}

/** @param {Slot} slot */
function weightOf(slot) {
  return slot.count + slot.missed;
}

/**
 * @param {Slot} a
 * @param {Slot} b
 */
function byCount(a, b) {
  return b.count - a.count;
}
