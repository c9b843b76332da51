import { setTimeout as pause } from 'node:timers/promises';
import { decodeCursor } from '#core/feed/cursor.js';
import type { History, SeenPage, Start } from '../check/history.ts';
import type { Random } from '../random.ts';
import type { Account } from './account.ts';
import type { Feed } from './feeds.ts';
import type { Connection, Receiver, Transport } from './transport.ts';

/** Whom a subscriber follows, and from where. */
export interface Following<Seen> {
  name: string;
  feed: Feed<Seen>;
  jobId: string | null;
  filter?: object;
  /** A cursor, a number of items, or neither. */
  from: { after?: string; last?: number };
  transport: Transport;
}

/** Where a subscriber lives. */
export interface Surroundings {
  urls: readonly string[];
  account: Account;
  random: Random;
}

const longestSilenceMs = 30_000;
// Faults of the server that pass, and what a client sees of one that goes away.
const passing = new Set(['INTERNAL']);
const passingCloseCodes = /closed with (?!44)|failed|completed|ECONN|socket hang up|aborted|closed$/;

/** Follows a feed over as many connections as that takes, and keeps all that it saw. */
export class Subscriber<Seen> {
  readonly history: History<Seen>;
  /** What the server may not do to a client, such as refuse it. */
  readonly offences: string[] = [];
  reconnects = 0;
  isPaused = false;
  #cursor: string | null = null;
  #position = -1;
  #isLeft = false;
  #connection: Connection | null = null;
  #following: Promise<void> = Promise.resolve();
  readonly #what: Following<Seen>;
  readonly #where: Surroundings;

  constructor(what: Following<Seen>, where: Surroundings) {
    this.#what = what;
    this.#where = where;
    this.history = { name: what.name, start: startOf(what), connections: [] };
    this.join();
  }

  /** Up to where everything has come; -1 before the first page. */
  get position(): number {
    return this.#position;
  }

  /** Whether the feed has said that it is over. */
  get hasEnded(): boolean {
    return this.history.connections.at(-1)?.at(-1)?.state === 'ENDED';
  }

  /** Begins, or goes on where it was left. */
  join(): void {
    this.#isLeft = false;
    this.#following = this.#follow();
  }

  /** Leaves in order, or without a goodbye, and waits until the connection is gone. */
  async leave({ abruptly }: { abruptly: boolean }): Promise<void> {
    this.#isLeft = true;
    this.resume();
    if (abruptly) this.#connection?.cut();
    else this.#connection?.stop();
    await this.#following;
  }

  /** Loses its connection; it comes back by itself. */
  cut(): void {
    this.#connection?.cut();
  }

  /** Reads nothing more until `resume`. */
  pause(): void {
    this.isPaused = true;
    this.#connection?.pause();
  }

  /** Reads on. */
  resume(): void {
    this.isPaused = false;
    this.#connection?.resume();
  }

  /** Forgets what was checked; only while it is left. */
  forget(): void {
    this.history.start = { after: this.#position };
    this.history.connections = [];
  }

  async #follow(): Promise<void> {
    for (let isFirst = true; !this.#isLeft && !this.hasEnded && this.offences.length < 3; isFirst = false) {
      if (!isFirst) {
        this.reconnects += 1;
        await pause(this.#where.random.between(20, 400));
      }
      const token = await this.#where.account.token();
      if (!this.#isLeft) await this.#connect(token);
      this.#connection = null;
      this.isPaused = false;
    }
  }

  #connect(token: string): Promise<void> {
    const { feed, jobId, filter, from, transport, name } = this.#what;
    const start = this.#cursor === null ? from : { after: this.#cursor };
    const pages: SeenPage<Seen>[] = [];
    return new Promise((resolve) => {
      let heardAt = Date.now();
      const watch = setInterval(() => {
        if (this.isPaused) heardAt = Date.now();
        if (Date.now() - heardAt < longestSilenceMs) return;
        this.offences.push(`${name}: nothing came for ${longestSilenceMs} ms over an open connection`);
        this.#connection?.cut();
      }, 1_000);
      const receiver: Receiver = {
        next: ({ data, errors }) => {
          heardAt = Date.now();
          if (errors) return this.#refused(errors);
          // What arrives after it has left was not seen by anybody.
          if (this.#isLeft) return;
          const page = data![feed.name] as Record<string, any>;
          if (pages.length === 0) this.history.connections.push(pages);
          this.#cursor = page.cursor as string;
          this.#position = decodeCursor(this.#cursor, feed.stream(jobId));
          pages.push({
            state: page.state,
            position: this.#position,
            items: (page.items as Record<string, any>[]).map((item) => feed.toItem(item)),
            total: page.total ?? null,
            reason: page.reason ?? null,
          });
        },
        over: ({ errors, why }) => {
          clearInterval(watch);
          if (errors) this.#refused(errors);
          else if (!passingCloseCodes.test(why)) this.offences.push(`${name}: ${why}`);
          resolve();
        },
      };
      const url = this.#where.random.oneOf(this.#where.urls);
      const variables = { ...start, ...(jobId !== null && { jobId }), ...(filter && { filter }) };
      this.#connection = transport({ url, token, query: documentOf(this.#what), variables }, receiver);
    });
  }

  #refused(errors: readonly { message: string; extensions?: { code?: string } }[]): void {
    for (const { message, extensions } of errors)
      if (!passing.has(extensions?.code ?? '')) this.offences.push(`${this.#what.name}: refused with ${extensions?.code}: ${message}`);
  }
}

function startOf<Seen>({ feed, jobId, from: { after, last } }: Following<Seen>): Start {
  if (after !== undefined) return { after: decodeCursor(after, feed.stream(jobId)) };
  return last === undefined ? 'now' : { last };
}

function documentOf<Seen>({ feed, jobId, filter }: Following<Seen>): string {
  const declared = [
    '$after: String',
    '$last: Int',
    ...(jobId === null ? [] : ['$jobId: ID!']),
    ...(filter ? ['$filter: JobEventFilter'] : []),
  ];
  const given = declared.map((each) => each.slice(1, each.indexOf(':'))).map((name) => `${name}: $${name}`);
  return `subscription (${declared.join(', ')}) { ${feed.name}(${given.join(', ')}) { state cursor total reason items { ${feed.fields} } } }`;
}
