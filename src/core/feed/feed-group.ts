import type { Page } from './page.js';

/** A page, and the positions after which and up to which it has everything. */
export interface PlacedPage<Item> {
  readonly page: Page<Item>;
  readonly from: number;
  readonly to: number;
}

/** Follows after a position; when `until` is given, up to there. */
export type FollowFrom<Item> = (after: number, until: number | null, signal: AbortSignal) => AsyncGenerator<PlacedPage<Item>, void, void>;

const mostWaiting = 4;

/** Those who follow the same live pages: one reads, and each gets the very same objects. */
export class FeedGroup<Item> {
  readonly #members = new Set<GroupMember<Item>>();
  readonly #reading = new AbortController();
  #taken: () => void = () => {};

  constructor(
    followFrom: FollowFrom<Item>,
    after: number,
    readonly onEnd: () => void,
  ) {
    void this.#read(followFrom(after, null, this.#reading.signal));
  }

  /** How many follow. */
  get size(): number {
    return this.#members.size;
  }

  /** Joins; the member has to leave in the end. */
  join(): GroupMember<Item> {
    const member: GroupMember<Item> = new GroupMember(
      () => this.#taken(),
      () => this.#leave(member),
    );
    this.#members.add(member);
    return member;
  }

  async #read(pages: AsyncGenerator<PlacedPage<Item>, void, void>): Promise<void> {
    try {
      let isFirst = true;
      for await (const placed of pages) {
        // That nothing is new, its first member has just been told.
        const isNothing = isFirst && placed.page.state === 'LIVE' && placed.page.items.length === 0;
        isFirst = false;
        if (isNothing) continue;
        for (const member of this.#members) member.put(placed);
        await this.#untilTaken();
      }
    } catch {
      // Each member reads on by itself, and learns what is wrong as far as it concerns that member.
    }
    this.onEnd();
    for (const member of this.#members) member.put(null);
  }

  // The group goes as fast as its fastest member: nothing is read that nobody waits for.
  async #untilTaken(): Promise<void> {
    while (this.#members.size > 0 && ![...this.#members].some(({ isWaiting }) => isWaiting))
      await new Promise<void>((resolve) => (this.#taken = resolve));
  }

  #leave(member: GroupMember<Item>): void {
    this.#taken();
    if (!this.#members.delete(member) || this.#members.size > 0) return;
    this.onEnd();
    this.#reading.abort();
  }
}

/** One who follows a group. A few pages wait for it; when it is slow, the oldest are let go, and it reads them by itself. */
export class GroupMember<Item> {
  readonly #waiting: (PlacedPage<Item> | null)[] = [];
  #resume: (() => void) | null = null;

  constructor(
    readonly taken: () => void,
    readonly leave: () => void,
  ) {}

  /** Whether it has taken everything. */
  get isWaiting(): boolean {
    return this.#waiting.length === 0;
  }

  /** Gives it a page, or null when the group is over. */
  put(placed: PlacedPage<Item> | null): void {
    if (this.#waiting.length >= mostWaiting) this.#waiting.shift();
    this.#waiting.push(placed);
    this.#resume?.();
  }

  /** The next page, or null when the group is over; undefined when it was woken without either. */
  async next(): Promise<PlacedPage<Item> | null | undefined> {
    if (this.#waiting.length === 0) await new Promise<void>((resolve) => (this.#resume = resolve));
    this.#resume = null;
    const placed = this.#waiting.shift();
    this.taken();
    return placed;
  }

  /** Lets `next` come back. */
  wake(): void {
    this.#resume?.();
  }
}
