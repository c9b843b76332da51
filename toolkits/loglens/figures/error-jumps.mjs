const FEWEST_LINES = 20;
const FEWEST_LINES_BEFORE = 50;
const FEWEST_ERRORS = 5;
const LOWEST_RATE = 0.05;
const FACTOR = 3;
const MEMORY = 0.8;
const MOST_JUMPS = 20;

/**
 * A rise of the share of errors among the lines.
 * @typedef {{ startMs: number, rate: number, rateBefore: number }} ErrorJump
 */

/** Finds the stretches of time in which the error rate jumps above what it was before. */
export class ErrorJumps {
  /** @type {ErrorJump[]} */
  list = [];

  #before = { lines: 0, errors: 0 };
  #now = { startMs: 0, lines: 0, errors: 0 };

  /**
   * Judges a closed bucket; thin ones are taken together. Gives the jump when there is one.
   * @param {import('./time-buckets.mjs').Bucket} bucket
   * @returns {ErrorJump | undefined}
   */
  judge(bucket) {
    if (this.#now.lines === 0) this.#now.startMs = bucket.startMs;
    this.#now.lines += bucket.lines;
    this.#now.errors += bucket.errors;
    if (this.#now.lines < FEWEST_LINES) return undefined;
    const jump = this.#jump();
    if (jump) this.list.push(jump);
    const memory = jump ? 0 : MEMORY;
    this.#before.lines = this.#before.lines * memory + this.#now.lines;
    this.#before.errors = this.#before.errors * memory + this.#now.errors;
    this.#now = { startMs: 0, lines: 0, errors: 0 };
    return jump;
  }

  #jump() {
    if (this.#before.lines < FEWEST_LINES_BEFORE || this.list.length >= MOST_JUMPS) return undefined;
    const rate = this.#now.errors / this.#now.lines;
    const rateBefore = this.#before.errors / this.#before.lines;
    const isJump = this.#now.errors >= FEWEST_ERRORS && rate >= LOWEST_RATE && rate >= FACTOR * rateBefore;
    return isJump ? { startMs: this.#now.startMs, rate, rateBefore } : undefined;
  }
}
