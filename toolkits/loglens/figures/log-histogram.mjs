const SMALLEST_MS = 0.01;
const GROWTH = 1.1;
const LOG_GROWTH = Math.log(GROWTH);

/** Up to 0.01 ms × 1.1²²³, four and a half hours. */
const BUCKETS = 224;

/** Durations in buckets that grow by a tenth: quantiles within 5 % in a fixed amount of memory. */
export class LogHistogram {
  /** @type {Uint32Array | undefined} made for the second duration, as most of endless paths have only one */
  #buckets;
  #totalMs = 0;

  count = 0;
  maxMs = 0;

  /** @param {number} ms */
  add(ms) {
    if (this.count === 1) this.#place(this.#totalMs);
    if (this.count > 0) this.#place(ms);
    this.#totalMs += ms;
    this.count += 1;
    if (ms > this.maxMs) this.maxMs = ms;
  }

  get meanMs() {
    return this.count === 0 ? 0 : this.#totalMs / this.count;
  }

  /**
   * The duration which the given share of all did not exceed.
   * @param {number} share
   */
  quantileMs(share) {
    const rank = Math.ceil(this.count * share);
    let seen = 0;
    for (const [bucket, count] of this.#buckets?.entries() ?? []) {
      seen += count;
      if (seen >= rank) return Math.min(this.maxMs, SMALLEST_MS * GROWTH ** (bucket - 0.5));
    }
    return this.maxMs;
  }

  /** @param {number} ms */
  #place(ms) {
    this.#buckets ??= new Uint32Array(BUCKETS);
    const at = ms <= SMALLEST_MS ? 0 : Math.ceil(Math.log(ms / SMALLEST_MS) / LOG_GROWTH);
    const bucket = Math.min(at, BUCKETS - 1);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
  }
}
