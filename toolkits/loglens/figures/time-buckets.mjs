const MOST_BUCKETS = 120;
const FIRST_WIDTH_MS = 1000;

/**
 * The lines and errors of a stretch of time.
 * @typedef {{ startMs: number, widthMs: number, lines: number, errors: number }} Bucket
 */

/** Counts lines over time in a bounded number of buckets, whose width doubles as the time span grows. */
export class TimeBuckets {
  #widthMs = FIRST_WIDTH_MS;
  #firstIndex = 0;
  /** @type {number[]} */
  #lines = [];
  /** @type {number[]} */
  #errors = [];
  #onClosed;

  /** @param {(bucket: Bucket) => void} onClosed hears of the newest bucket when a line after it arrives */
  constructor(onClosed = () => {}) {
    this.#onClosed = onClosed;
  }

  /**
   * Counts a line, in whatever order the lines come.
   * @param {number} timeMs
   * @param {boolean} isError
   */
  add(timeMs, isError) {
    let at = Math.floor(timeMs / this.#widthMs) - this.#firstIndex;
    if (at < 0 || at >= this.#lines.length) at = this.#makeRoom(timeMs);
    this.#lines[at] = (this.#lines[at] ?? 0) + 1;
    if (isError) this.#errors[at] = (this.#errors[at] ?? 0) + 1;
  }

  /** @returns {Bucket[]} */
  list() {
    return this.#lines.map((_, at) => this.#bucket(at));
  }

  /** @param {number} timeMs */
  #makeRoom(timeMs) {
    if (this.#lines.length === 0) this.#firstIndex = Math.floor(timeMs / this.#widthMs);
    const newest = this.#lines.length - 1;
    const isLater = this.#indexOf(timeMs) > newest;
    if (newest >= 0 && isLater) this.#onClosed(this.#bucket(newest));
    while (this.#spanWith(this.#indexOf(timeMs)) > MOST_BUCKETS) this.#double();
    let at = this.#indexOf(timeMs);
    for (; at < 0; at += 1) {
      this.#firstIndex -= 1;
      this.#lines.unshift(0);
      this.#errors.unshift(0);
    }
    while (this.#lines.length <= at) {
      this.#lines.push(0);
      this.#errors.push(0);
    }
    return at;
  }

  /** @param {number} timeMs */
  #indexOf(timeMs) {
    return Math.floor(timeMs / this.#widthMs) - this.#firstIndex;
  }

  /** @param {number} at */
  #spanWith(at) {
    return Math.max(this.#lines.length, at + 1) - Math.min(0, at);
  }

  #double() {
    const isOdd = Math.abs(this.#firstIndex % 2) === 1;
    this.#lines = pairUp(this.#lines, isOdd);
    this.#errors = pairUp(this.#errors, isOdd);
    this.#firstIndex = Math.floor(this.#firstIndex / 2);
    this.#widthMs *= 2;
  }

  /** @param {number} at */
  #bucket(at) {
    return {
      startMs: (this.#firstIndex + at) * this.#widthMs,
      widthMs: this.#widthMs,
      lines: this.#lines[at] ?? 0,
      errors: this.#errors[at] ?? 0,
    };
  }
}

/**
 * @param {number[]} counts
 * @param {boolean} isOdd the first one is the second half of its pair
 */
function pairUp(counts, isOdd) {
  const shift = isOdd ? 1 : 0;
  /** @type {number[]} */
  const pairs = [];
  for (const [at, count] of counts.entries()) {
    const pair = (at + shift) >> 1;
    pairs[pair] = (pairs[pair] ?? 0) + count;
  }
  return pairs;
}
