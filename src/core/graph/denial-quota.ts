import { LRUCache } from 'lru-cache';

const minuteMs = 60_000;
const mostCallers = 20_000;

interface Minute {
  began: number;
  recorded: number;
  leftOut: number;
}

/** Bounds how many refused attempts of one caller are recorded one by one, in the memory of this process. */
export class DenialQuota {
  readonly #minutes = new LRUCache<string, Minute>({ max: mostCallers });

  constructor(readonly now: () => number = () => performance.now()) {}

  /** Whether this one is recorded, and if so how many before it were left out; `isFirst` is the first one that is left out. */
  take(caller: string, most: number): { leftOut: number } | { isFirst: boolean } {
    const now = this.now();
    let minute = this.#minutes.get(caller);
    if (!minute) this.#minutes.set(caller, (minute = { began: now, recorded: 0, leftOut: 0 }));
    if (now - minute.began >= minuteMs) {
      minute.began = now;
      minute.recorded = 0;
    }
    if (minute.recorded >= most) {
      minute.leftOut += 1;
      return { isFirst: minute.leftOut === 1 };
    }
    minute.recorded += 1;
    const { leftOut } = minute;
    minute.leftOut = 0;
    return { leftOut };
  }
}
