/** Numbers that say what this process is doing right now, by name: its parts add them at their start. */
export class Gauges {
  readonly #reads = new Map<string, () => number | null>();

  /** Adds a number that is read whenever somebody asks. */
  add(name: string, read: () => number | null): void {
    this.#reads.set(name, read);
  }

  /** What it is now; null when no part of this process has added it, or it was not measured yet. */
  read(name: string): number | null {
    return this.#reads.get(name)?.() ?? null;
  }
}
