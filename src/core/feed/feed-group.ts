import type { Answer, Outlet } from './outlet.js';
import type { Page } from './page.js';

/** A page, and the positions after which and up to which it has everything. */
export interface PlacedPage<Item> {
  readonly page: Page<Item>;
  readonly from: number;
  readonly to: number;
}

/** A page of a group, and the answer that was made of it for all. */
export interface AnsweredPage<Item> extends PlacedPage<Item> {
  readonly answer: Answer;
}

/** What a group needs: how to read, how to answer, and who wants to know that it is over or what it sent. */
export interface GroupOptions<Item> {
  /** What the rights of its members come to. */
  rights: string;
  /** Reads for all of its members. */
  pages(signal: AbortSignal): AsyncGenerator<PlacedPage<Item>, void, void>;
  /** Where these pages begin. */
  after: number;
  answer(page: Page<Item>): Promise<Answer>;
  onPage(placed: PlacedPage<Item>, followers: number): void;
  /** The reading failed; each member reads on by itself, and learns what is wrong as far as it concerns that member. */
  onFailure(error: unknown): void;
  onEnd(): void;
}

const mostWaiting = 4;

/** Those who follow the same live pages: one reads, the answer is made once, and it is written to each of them in one go. */
export class FeedGroup<Item> {
  readonly #members = new Set<GroupMember<Item>>();
  readonly #reading = new AbortController();
  #position: number;
  #taken: () => void = () => {};

  constructor(readonly options: GroupOptions<Item>) {
    this.#position = options.after;
    void this.#read();
  }

  /** What the rights of its members come to. */
  get rights(): string {
    return this.options.rights;
  }

  /** Up to where its members have been given everything. */
  get position(): number {
    return this.#position;
  }

  /** Joins at a position; the member has to leave in the end. */
  join(outlet: Outlet, position: number): GroupMember<Item> {
    const member: GroupMember<Item> = new GroupMember(
      outlet,
      position,
      () => this.#taken(),
      () => this.#leave(member),
    );
    this.#members.add(member);
    return member;
  }

  async #read(): Promise<void> {
    const { pages, answer, onPage, onEnd } = this.options;
    // Not before whoever founds the group has it.
    await Promise.resolve();
    try {
      let isFirst = true;
      for await (const placed of pages(this.#reading.signal)) {
        // That nothing is new, its first member has just been told.
        const isNothing = isFirst && placed.page.state === 'LIVE' && placed.page.items.length === 0;
        isFirst = false;
        if (isNothing) continue;
        onPage(placed, this.#send({ ...placed, answer: await answer(placed.page) }));
        await this.#untilWanted();
      }
    } catch (error) {
      this.options.onFailure(error);
    }
    onEnd();
    for (const member of this.#members) member.end();
  }

  /** Gives a page to all members; returns how many got it at once. */
  #send(page: AnsweredPage<Item>): number {
    let followers = 0;
    for (const member of this.#members) if (member.take(page)) followers += 1;
    this.#position = page.to;
    return followers;
  }

  // The group goes as fast as its fastest member: nothing is read that nobody can take.
  async #untilWanted(): Promise<void> {
    while (this.#members.size > 0 && !this.#isWanted()) {
      const taken = new Promise<void>((resolve) => (this.#taken = resolve));
      await Promise.race([taken, ...[...this.#members].filter(({ isWaiting }) => isWaiting).map(({ outlet }) => outlet.drained())]);
    }
  }

  #isWanted(): boolean {
    for (const { isWaiting, outlet } of this.#members) if (isWaiting && !outlet.isFull) return true;
    return false;
  }

  #leave(member: GroupMember<Item>): void {
    this.#taken();
    if (!this.#members.delete(member) || this.#members.size > 0) return;
    this.options.onEnd();
    this.#reading.abort();
  }
}

/**
 * One who follows a group. While it is live, a page that continues what it has goes straight to its outlet. Otherwise a few pages wait
 * for whoever looks after it; the oldest are let go, and can be read again.
 */
export class GroupMember<Item> {
  #isLive = false;
  #isOver = false;
  // Made when it is needed: most members never wait.
  #waiting: AnsweredPage<Item>[] | null = null;
  #resume: (() => void) | null = null;

  constructor(
    readonly outlet: Outlet,
    public position: number,
    readonly taken: () => void,
    readonly leave: () => void,
  ) {}

  /** Whether the group is over and nothing waits. */
  get isOver(): boolean {
    return this.#isOver && this.isWaiting;
  }

  /** Whether it has taken everything. */
  get isWaiting(): boolean {
    return !this.#waiting?.length;
  }

  /** Gives it a page; whether the page was sent at once. */
  take(page: AnsweredPage<Item>): boolean {
    // A heartbeat stands where the follower stands, and has nothing.
    if (this.#isLive && page.from === this.position && page.page.state !== 'ENDED' && !this.outlet.isFull) {
      this.outlet.send(page.answer);
      this.position = page.to;
      return true;
    }
    const waiting = (this.#waiting ??= []);
    if (waiting.length >= mostWaiting) waiting.shift();
    waiting.push(page);
    this.wake();
    return false;
  }

  /** The oldest page that waits and is not known to the follower already. */
  next(): AnsweredPage<Item> | undefined {
    for (;;) {
      const page = this.#waiting?.shift();
      this.taken();
      if (!page || page.to > this.position || (page.to === this.position && page.page.items.length === 0)) return page;
    }
  }

  /** Goes live, as long as nothing waits, until something calls for attention. */
  async live(): Promise<void> {
    if (!this.isWaiting || this.#isOver) return;
    this.#waiting = null;
    this.#isLive = true;
    await new Promise<void>((resolve) => (this.#resume = resolve));
  }

  /** Stops to be live: `live` comes back. */
  wake(): void {
    this.#isLive = false;
    this.#resume?.();
    this.#resume = null;
  }

  /** The group is over. */
  end(): void {
    this.#isOver = true;
    this.wake();
  }
}
