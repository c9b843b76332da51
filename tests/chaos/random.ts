import { randomFrom } from '../support/random-from.ts';

/** Draws from a seed. */
export class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = randomFrom(seed);
  }

  /** Whether something with this chance happens. */
  chance(of: number): boolean {
    return this.#next() < of;
  }

  /** A whole number between two, both of them possible. */
  between(least: number, most: number): number {
    return least + Math.floor(this.#next() * (most - least + 1));
  }

  /** One of some things. */
  oneOf<Thing>(things: readonly Thing[]): Thing {
    return things[Math.floor(this.#next() * things.length)]!;
  }

  /** Another source of draws, so that what one draws does not depend on how much others have drawn. */
  fork(): Random {
    return new Random(this.between(0, 2 ** 31));
  }
}
