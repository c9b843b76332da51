/** What limits have refused in this process, counted by limit. */
export class Refusals {
  readonly #counts = new Map<string, number>();

  /** Counts one. */
  count(limit: string): void {
    this.#counts.set(limit, (this.#counts.get(limit) ?? 0) + 1);
  }

  /** All counts so far, by limit. */
  get counts(): readonly (readonly [string, number])[] {
    return [...this.#counts];
  }
}
