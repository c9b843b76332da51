import { expect, onTestFinished, test, vi } from 'vitest';
import { AppError } from '#core/errors/app-error.js';
import type { Bell } from './bell.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { follow, type FollowOptions, type Head, type Source } from './follow.js';
import type { Page } from './page.js';

const stream = 's';
const at = (position: number): string => encodeCursor({ [stream]: position });

/** A stream in memory whose items are their own positions. */
class MemoryStream implements Source<number> {
  readonly stream = stream;
  current: Head = { position: 0, oldest: 1, isEnded: false, reason: null };
  reads: [after: number, head: number][] = [];
  /** Runs before what was read is handed out, as if others wrote meanwhile. */
  beforeReturn: () => void = () => {};
  failure: Error | null = null;
  readonly callbacks = new Set<() => void>();

  readonly bell = {
    listen: (_stream: string, callback: () => void) => {
      this.callbacks.add(callback);
      return () => this.callbacks.delete(callback);
    },
  } as unknown as Bell;

  async head(): Promise<Head> {
    if (this.failure) throw this.failure;
    return { ...this.current };
  }

  async read(after: number, limit: number, head: Head): Promise<{ items: number[]; position: number }> {
    this.reads.push([after, head.position]);
    const items = Array.from({ length: Math.min(limit, head.position - after) }, (_, i) => after + i + 1);
    this.beforeReturn();
    return { items, position: items.length === limit ? items.at(-1)! : head.position };
  }

  async behindNewest(count: number, head: Head): Promise<number> {
    return Math.max(head.position - count, head.oldest - 1);
  }

  append(n: number, shallRing = true): void {
    this.current.position += n;
    if (shallRing) this.ring();
  }

  end(reason: string): void {
    Object.assign(this.current, { isEnded: true, reason });
    this.ring();
  }

  ring(): void {
    for (const callback of this.callbacks) callback();
  }
}

function started(source: MemoryStream, options: Partial<FollowOptions> = {}) {
  const abort = new AbortController();
  const pages = follow(source, { bell: source.bell, pageSize: 10, heartbeatMs: 60_000, signal: abort.signal, ...options });
  onTestFinished(() => abort.abort());
  return { pages, abort, next: async () => (await pages.next()).value as Page<number> };
}

/** Asks for the next page while time is stood still by the test; the page comes in a later turn. */
const shown = ({ items, state, cursor, total, reason }: Page<number>) => ({
  items,
  state,
  at: decodeCursor(cursor, stream),
  total,
  reason,
});

test('a feed without a start begins at the present end and tells so at once', async () => {
  const source = new MemoryStream();
  source.append(7);

  const { next } = started(source);

  expect(shown(await next())).toEqual({ items: [], state: 'LIVE', at: 7, total: null, reason: null });
  source.append(2);
  expect(shown(await next())).toEqual({ items: [8, 9], state: 'LIVE', at: 9, total: null, reason: null });
});

test('a feed after a cursor replays page by page and goes on live', async () => {
  const source = new MemoryStream();
  source.append(25);

  const { next } = started(source, { after: at(3) });

  const replayed = [await next(), await next(), await next()];
  source.append(1);
  replayed.push(await next());
  expect(replayed.map(({ state, items }) => [state, items.length, items[0]])).toEqual([
    ['REPLAYING', 10, 4],
    ['REPLAYING', 10, 14],
    ['LIVE', 2, 24],
    ['LIVE', 1, 26],
  ]);
});

test('a replay that ends exactly with a page is live with that page', async () => {
  const source = new MemoryStream();
  source.append(20);

  const { next } = started(source, { after: at(0) });

  expect([await next(), await next()].map(({ state, items }) => [state, items.at(-1)])).toEqual([
    ['REPLAYING', 10],
    ['LIVE', 20],
  ]);
});

test.each([
  [0, []],
  [3, [8, 9, 10]],
  [99, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
])('a feed with the last %i starts with the newest', async (last, items) => {
  const source = new MemoryStream();
  source.append(10);

  expect((await started(source, { last }).next()).items).toEqual(items);
});

test('what is written while a page is read is not missed, even when its ring comes before the feed waits', async () => {
  const source = new MemoryStream();
  let rest = 5;
  source.beforeReturn = () => {
    if (rest-- > 0) source.append(1);
  };
  const { next } = started(source, { after: at(0) });

  const items = [];
  while (items.length < 5) items.push(...(await next()).items);

  expect(items).toEqual([1, 2, 3, 4, 5]);
});

test('a feed ends with its last items, the total and the reason, and reads no more', async () => {
  const source = new MemoryStream();
  source.append(12);
  source.end('SUCCEEDED');

  const { pages, next } = started(source, { after: at(0) });

  expect(shown(await next())).toMatchObject({ state: 'REPLAYING', at: 10, total: null });
  expect(shown(await next())).toEqual({ items: [11, 12], state: 'ENDED', at: 12, total: 12, reason: 'SUCCEEDED' });
  expect(await pages.next()).toEqual({ done: true, value: undefined });
  expect(source.callbacks.size).toBe(0);
});

test('items that come together with the end are told before or with it', async () => {
  const source = new MemoryStream();
  const { next } = started(source);
  await next();
  source.append(3, false);
  source.end('FAILED');

  expect(shown(await next())).toEqual({ items: [1, 2, 3], state: 'ENDED', at: 3, total: 3, reason: 'FAILED' });
});

test('a feed of a subject that is over ends at once', async () => {
  const source = new MemoryStream();
  source.append(4);
  source.end('CANCELLED');

  expect(shown(await started(source).next())).toEqual({ items: [], state: 'ENDED', at: 4, total: 4, reason: 'CANCELLED' });
});

test('a cursor older than what is kept resets the feed, tells what is gone, and goes on after it', async () => {
  const source = new MemoryStream();
  source.append(30);
  source.current.oldest = 21;

  const { next } = started(source, { after: at(5) });

  const reset = await next();
  expect(reset).toMatchObject({ state: 'RESET', items: [], lost: { from: at(5), to: at(20) }, cursor: at(20) });
  expect((await next()).items).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
});

test('the last cursor before what is kept resets nothing', async () => {
  const source = new MemoryStream();
  source.append(30);
  source.current.oldest = 21;

  expect(await started(source, { after: at(20) }).next()).toMatchObject({ state: 'LIVE', lost: null });
});

test('a cursor beyond the end waits for what comes next', async () => {
  const source = new MemoryStream();
  source.append(3);

  const { next } = started(source, { after: at(1_000) });

  expect(shown(await next())).toMatchObject({ items: [], at: 3 });
  source.append(1);
  expect((await next()).items).toEqual([4]);
});

test('an idle feed sends empty pages at the pace of the heartbeat, and nothing between them', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const source = new MemoryStream();
  const { pages } = started(source, { heartbeatMs: 12_000 });
  const times: number[] = [];
  const began = Date.now();
  void (async () => {
    for await (const page of pages) times.push(page.items.length === 0 ? Date.now() - began : -1);
  })();

  await vi.advanceTimersByTimeAsync(36_500);

  expect(times).toEqual([0, 12_000, 24_000, 36_000]);
});

test('an item whose ring was lost arrives with the next look', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const source = new MemoryStream();
  const { next } = started(source);
  await next();
  source.append(1, false);
  const page = next();

  await vi.advanceTimersByTimeAsync(5_000);

  expect((await page).items).toEqual([1]);
});

test('a reader that does not ask for pages makes the feed read none', async () => {
  const source = new MemoryStream();
  const { next } = started(source, { after: at(0) });
  source.append(10);
  await next();

  for (let i = 0; i < 50; i++) source.append(100);
  await new Promise((resolve) => setImmediate(resolve));

  expect(source.reads).toHaveLength(1);
  expect((await next()).items).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
});

test('a reader who may not follow any more gets the refusal, and the feed lets go of its stream', async () => {
  const source = new MemoryStream();
  const { pages, next } = started(source);
  await next();
  source.failure = new AppError('NOT_FOUND', 'no more');
  source.ring();

  await expect(pages.next()).rejects.toThrow('no more');
  expect(source.callbacks.size).toBe(0);
});

test('a stream that cannot be read for a moment does not end its feed, and nothing is missed', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const source = new MemoryStream();
  const { next } = started(source);
  await next();
  source.append(2);
  source.failure = new Error('the connection was lost');
  const page = next();
  await vi.advanceTimersByTimeAsync(3_000);
  source.append(1);

  source.failure = null;
  await vi.advanceTimersByTimeAsync(3_000);

  expect((await page).items).toEqual([1, 2, 3]);
});

test('a stream that stays unreadable ends its feed with the failure', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const source = new MemoryStream();
  const { pages, next } = started(source);
  await next();
  source.failure = new Error('broken for good');
  source.ring();
  const failing = expect(pages.next()).rejects.toThrow('broken for good');

  await vi.advanceTimersByTimeAsync(60_000);

  await failing;
  expect(source.callbacks.size).toBe(0);
});

test('a feed that cannot even begin says so at once', async () => {
  const source = new MemoryStream();
  source.failure = new Error('no database');

  await expect(started(source).pages.next()).rejects.toThrow('no database');
});

test('a feed that is aborted while it waits ends at once and lets go of its stream', async () => {
  const source = new MemoryStream();
  const { pages, abort, next } = started(source);
  await next();
  const waiting = pages.next();

  abort.abort();

  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(source.callbacks.size).toBe(0);
});

test('a feed that was never asked for anything holds nothing', async () => {
  const source = new MemoryStream();
  const { pages } = started(source);

  await pages.return();

  expect(source.callbacks.size).toBe(0);
});

test('a cursor that is refused leaves nothing behind', async () => {
  const source = new MemoryStream();

  await expect(started(source, { after: 'garbage' }).pages.next()).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  expect(source.callbacks.size).toBe(0);
});
