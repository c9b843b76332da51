import { decodeCursor } from './cursor.js';
import { FeedGroup, type AnsweredPage, type GroupMember, type PlacedPage } from './feed-group.js';
import type { FeedMeter } from './feed-meter.js';
import type { Answer, Outlet } from './outlet.js';
import type { Page } from './page.js';

/** A feed that some follow together as soon as they have caught up. */
export interface SharedFeed<Item> {
  readonly outlet: Outlet;
  /** The groups of feeds that show the same to whoever has the same rights. */
  readonly groups: Map<string, FeedGroup<Item>>;
  readonly meter: FeedMeter;
  /** Calls back when the follower's rights may have changed; returns how to stop that. */
  onRightsChange(callback: () => void): () => void;
  /** What the follower's rights come to now; throws when they may not follow any more. */
  rights(): Promise<string>;
  /** Starts where the client asked. */
  begin(signal: AbortSignal): AsyncGenerator<PlacedPage<Item>, void, void>;
  /** Follows with the rights that this follower has at each moment; when `until` is given, up to there. */
  followAlone(after: number, until: number | null, signal: AbortSignal): AsyncGenerator<PlacedPage<Item>, void, void>;
  /** Follows for all who have these rights; fails when this follower has them no longer. */
  followFor(rights: string, after: number, signal: AbortSignal): AsyncGenerator<PlacedPage<Item>, void, void>;
  /** What this follower reads for others failed. */
  onFailure(error: unknown): void;
  /** The answer of a page, for all with the same rights. */
  answer(page: Page<Item>): Promise<Answer>;
}

/**
 * Follows alone until there is nothing older to read, and from then on together with those who have the same rights: their pages go
 * straight to the outlet, only what is read alone is yielded. Whatever a group's page does not continue exactly is read alone, so that
 * joining, being slow and a group's end lose nothing and double nothing.
 */
export async function* followTogether<Item>(feed: SharedFeed<Item>, signal: AbortSignal): AsyncGenerator<Page<Item>, void, void> {
  for (let after: number | null = null; !signal.aborted;) {
    const position: number | null = yield* untilLive(after === null ? feed.begin(signal) : feed.followAlone(after, null, signal));
    if (position === null) return;
    after = yield* inGroup(feed, position, signal);
    if (after === null) return;
  }
}

/** The pages up to the first that is live; returns its position, or null when the feed has ended. */
async function* untilLive<Item>(pages: AsyncGenerator<PlacedPage<Item>, void, void>): AsyncGenerator<Page<Item>, number | null, void> {
  for await (const { page, to } of pages) {
    yield page;
    if (page.state === 'ENDED') return null;
    if (page.state === 'LIVE') return to;
  }
  return null;
}

/** Follows with a group; returns where to go on alone, or null when the feed has ended. */
async function* inGroup<Item>(feed: SharedFeed<Item>, start: number, signal: AbortSignal): AsyncGenerator<Page<Item>, number | null, void> {
  let member: GroupMember<Item> | null = null;
  const rights: Rights = { areInDoubt: false };
  const wake = (): void => member?.wake();
  // Before the rights are read: what changes from then on is known.
  const stopWatching = feed.onRightsChange(() => {
    rights.areInDoubt = true;
    wake();
  });
  signal.addEventListener('abort', wake);
  try {
    const group = groupOf(feed, await feed.rights(), start);
    member = group.join(feed.outlet, start);
    feed.meter.together += 1;
    yield* readAlone(feed, member, group.position, signal);
    return yield* asMember(feed, member, { group, rights }, signal);
  } finally {
    stopWatching();
    signal.removeEventListener('abort', wake);
    if (member) feed.meter.together -= 1;
    member?.leave();
  }
}

interface Rights {
  areInDoubt: boolean;
}

async function* asMember<Item>(
  feed: SharedFeed<Item>,
  member: GroupMember<Item>,
  { group, rights }: { group: FeedGroup<Item>; rights: Rights },
  signal: AbortSignal,
): AsyncGenerator<Page<Item>, number | null, void> {
  while (!signal.aborted) {
    if (rights.areInDoubt) {
      rights.areInDoubt = false;
      if ((await feed.rights()) !== group.rights) return member.position;
    }
    const next = member.next();
    if (next) {
      yield* pagesUpTo(feed, member, { next, rights }, signal);
      if (next.page.state === 'ENDED') return null;
    } else if (member.isOver) return member.position;
    // What rang while something was awaited woke nobody.
    else if (!rights.areInDoubt) await member.live();
  }
  return null;
}

/** Sends a page that waited where it continues what the member has and may see; otherwise yields what lies between, read alone. */
async function* pagesUpTo<Item>(
  feed: SharedFeed<Item>,
  member: GroupMember<Item>,
  { next: { page, from, to, answer }, rights }: { next: AnsweredPage<Item>; rights: Rights },
  signal: AbortSignal,
): AsyncGenerator<Page<Item>, void, void> {
  const fits = from === member.position;
  if (fits && feed.outlet.isFull) await feed.outlet.drained();
  // The id of a subscription that was left may be that of another by now.
  if (signal.aborted) return;
  // What waited for a slow client while its rights changed is read again, with those that it has now.
  if (!fits || rights.areInDoubt) {
    yield* readAlone(feed, member, to, signal);
    if (page.state === 'ENDED') yield { ...page, items: [] };
    return;
  }
  feed.outlet.send(answer);
  feed.meter.sent(page.items.length);
  member.position = to;
}

async function* readAlone<Item>(
  feed: SharedFeed<Item>,
  member: GroupMember<Item>,
  until: number,
  signal: AbortSignal,
): AsyncGenerator<Page<Item>, void, void> {
  if (member.position >= until) return;
  feed.meter.resyncs += 1;
  for await (const { page, to } of feed.followAlone(member.position, until, signal)) {
    yield page;
    member.position = to;
  }
}

function groupOf<Item>(feed: SharedFeed<Item>, rights: string, after: number): FeedGroup<Item> {
  const { groups, meter } = feed;
  const known = groups.get(rights);
  if (known) return known;
  const group: FeedGroup<Item> = new FeedGroup({
    rights,
    pages: (signal) => feed.followFor(rights, after, signal),
    after,
    answer: (page) => feed.answer(page),
    onPage: ({ page }, followers) => meter.sent(page.items.length, followers),
    onFailure: (error) => feed.onFailure(error),
    onEnd: () => {
      if (groups.get(rights) === group) groups.delete(rights);
    },
  });
  groups.set(rights, group);
  return group;
}

/** Says of each page of a stream's feed from where to where it reaches. */
export async function* placed<Item>(
  pages: AsyncGenerator<Page<Item>, void, void>,
  stream: string,
  after: number,
): AsyncGenerator<PlacedPage<Item>, void, void> {
  let from = after;
  for await (const page of pages) {
    const to = decodeCursor(page.cursor, stream);
    yield { page, from, to };
    from = to;
  }
}
