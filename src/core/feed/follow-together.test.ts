import { expect, test } from 'vitest';
import { TestOutlet } from '../../../tests/support/outlet.js';
import type { PlacedPage } from './feed-group.js';
import { FeedMeter } from './feed-meter.js';
import { followTogether, type SharedFeed } from './follow-together.js';
import { Answer } from './outlet.js';

const placed = (items: number[], from: number, to: number): PlacedPage<number> => ({
  page: { items, cursor: '', state: 'LIVE', at: new Date(), total: null, reason: null, lost: null },
  from,
  to,
});
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A follower of a group that has a page, which waits because its client is slow. */
async function aSlowFollower() {
  const outlet = new TestOutlet();
  let rightsChange = (): void => {};
  const { promise: isFull, resolve: give } = Promise.withResolvers<void>();
  const feed: SharedFeed<number> = {
    outlet,
    groups: new Map(),
    meter: new FeedMeter(),
    onRightsChange(callback) {
      rightsChange = callback;
      return () => {};
    },
    rights: async () => 'rights',
    async *begin() {
      yield placed([], 0, 0);
    },
    async *followAlone() {
      yield placed([2], 0, 1);
    },
    async *followFor(_rights, _after, signal) {
      await isFull;
      yield placed([1], 0, 1);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
    onFailure() {},
    answer: async ({ items }) => new Answer(items.join()),
  };
  const left = new AbortController();
  const pages = followTogether(feed, left.signal);
  await pages.next();
  // Not awaited: it comes when the follower has something by itself, or is over.
  const over = pages.next();
  outlet.isFull = true;
  give();
  await turn();
  return { feed, outlet, left, pages, over, rightsChange };
}

test('a page that waited for a slow client is read again when its rights have changed meanwhile', async () => {
  const { outlet, left, pages, over, rightsChange } = await aSlowFollower();

  rightsChange();
  outlet.drain();

  expect((await over).value?.items).toEqual([2]);
  expect(outlet.sent).toEqual([]);
  left.abort();
  await pages.return();
});

test('a page that waited for a slow client is not sent when the client has left meanwhile', async () => {
  const { feed, outlet, left, over } = await aSlowFollower();

  left.abort();
  outlet.drain();

  expect([await over, outlet.sent]).toEqual([{ done: true, value: undefined }, []]);
  expect([feed.meter.together, feed.groups.size]).toEqual([0, 0]);
});
