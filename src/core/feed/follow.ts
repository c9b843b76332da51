import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#core/errors/app-error.js';
import { rightsStream } from '#core/policy/actor.js';
import type { Bell } from './bell.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import type { FeedState, Page } from './page.js';

const safetyPollMs = 5_000;
const retryMs = 250;
const mostRetries = 10;

/** The head of a stream as a reader sees it; `oldest` is the first position that is kept. */
export interface Head {
  position: number;
  oldest: number;
  isEnded: boolean;
  reason: string | null;
}

/** What a feed reads: one stream through somebody's eyes. */
export interface Source<Item> {
  stream: string;
  /** Throws when the reader may not follow (any more). */
  head(): Promise<Head>;
  /** Up to `limit` visible items after a position, and the position up to which nothing is missing now. */
  read(after: number, limit: number, head: Head): Promise<{ items: Item[]; position: number }>;
  /** The position behind which the newest `count` visible items stand. */
  behindNewest(count: number, head: Head): Promise<number>;
}

/** Where a subscription starts, and how it is kept alive. */
export interface FollowOptions {
  bell: Bell;
  after?: string | null;
  /** Start with this many of the newest items. */
  last?: number | null;
  /** End at this position, which the stream has reached. */
  until?: number | null;
  /** Whether the follower had caught up before: nothing that it reads is older than its subscription. */
  wasLive?: boolean;
  pageSize: number;
  heartbeatMs: number;
  signal: AbortSignal;
}

/** Replays a stream from a cursor and goes on live: no gap, no duplicate, in the stream's order. */
export async function* follow<Item>(source: Source<Item>, options: FollowOptions): AsyncGenerator<Page<Item>, void, void> {
  const { bell, signal, pageSize, until } = options;
  const headNow = async (): Promise<Head> => {
    const head = await source.head();
    return until == null ? head : { ...head, position: Math.min(head.position, until), isEnded: false };
  };
  const rung = listen(bell, [source.stream, rightsStream], signal);
  try {
    // Who has just come is told at once what is wrong; who was there before waits for a database that is away.
    let head = options.wasLive ? await retrying(headNow, signal) : await headNow();
    const caughtUpAt = options.wasLive ? -1 : head.position;
    let position = await startOf(source, head, options);
    const page = (state: FeedState, items: Item[] = [], more: Partial<Page<Item>> = {}): Page<Item> => ({
      items,
      cursor: encodeCursor({ [source.stream]: position }),
      state,
      at: new Date(),
      total: null,
      reason: null,
      lost: null,
      ...more,
    });

    if (position < head.oldest - 1) {
      const lost = { from: encodeCursor({ [source.stream]: position }), to: encodeCursor({ [source.stream]: head.oldest - 1 }) };
      position = head.oldest - 1;
      yield page('RESET', [], { lost });
    }
    let sentAt = 0;
    while (!signal.aborted) {
      rung.reset();
      if (sentAt > 0) head = await retrying(headNow, signal);
      const found = await retrying(() => source.read(position, pageSize, head), signal);
      const isBehind = found.position < head.position;
      position = found.position;
      if (!isBehind && head.isEnded) {
        yield page('ENDED', found.items, { total: head.position, reason: head.reason });
        return;
      }
      if (found.items.length > 0 || Date.now() - sentAt >= options.heartbeatMs) {
        yield page(position < caughtUpAt || (isBehind && position <= caughtUpAt) ? 'REPLAYING' : 'LIVE', found.items);
        sentAt = Date.now();
      }
      if (!isBehind && until != null) return;
      if (!isBehind) await rung.wait(Math.min(safetyPollMs, options.heartbeatMs - (Date.now() - sentAt)));
    }
  } finally {
    rung.stop();
  }
}

async function startOf<Item>(source: Source<Item>, head: Head, { after, last }: FollowOptions): Promise<number> {
  if (after != null) return Math.min(decodeCursor(after, source.stream), head.position);
  if (last != null) return source.behindNewest(last, head);
  return head.position;
}

// A database that is away for some seconds must not end the feeds: their clients would have to come back one by one.
async function retrying<Result>(read: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let retries = 1; ; retries++) {
    try {
      return await read();
    } catch (error) {
      if (error instanceof AppError || retries > mostRetries || signal.aborted) throw error;
      // Not until the next ring: others write to a database that this one does not reach.
      await pause(retryMs * retries, undefined, { signal }).catch(() => {});
    }
  }
}

function listen(bell: Bell, streams: readonly string[], signal: AbortSignal) {
  let isRung = false;
  let resume: (() => void) | null = null;
  const ring = (): void => {
    isRung = true;
    resume?.();
  };
  const stops = streams.map((stream) => bell.listen(stream, ring));
  signal.addEventListener('abort', ring);
  return {
    reset: () => (isRung = false),
    wait: (ms: number) =>
      new Promise<void>((resolve) => {
        if (isRung || signal.aborted || ms <= 0) return resolve();
        const timer = setTimeout(() => resume?.(), ms);
        resume = () => {
          clearTimeout(timer);
          resume = null;
          resolve();
        };
      }),
    stop: () => {
      for (const stop of stops) stop();
      signal.removeEventListener('abort', ring);
      resume?.();
    },
  };
}
