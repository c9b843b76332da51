/** What a run may tell of one kind: a number of items, and of bytes altogether. */
export interface QuotaLimits {
  items?: number;
  bytes: number;
}

/** Counts what a run tells against a quota. Once an item did not fit, all that follow are left out too, so that there is one gap only. */
export class Quota {
  #items = 0;
  #bytes = 0;
  /** What did not fit. */
  readonly leftOut = { items: 0, bytes: 0 };

  constructor(readonly limits: QuotaLimits) {}

  /** Whether an item of that many bytes may be stored; it is counted either way. */
  takes(bytes: number): boolean {
    const { items = Infinity, bytes: most } = this.limits;
    if (this.leftOut.items > 0 || this.#items + 1 > items || this.#bytes + bytes > most) {
      this.leftOut.items += 1;
      this.leftOut.bytes += bytes;
      return false;
    }
    this.#items += 1;
    this.#bytes += bytes;
    return true;
  }
}
