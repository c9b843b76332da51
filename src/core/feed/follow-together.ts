import { rightsStream } from '#core/policy/actor.js';
import type { Bell } from './bell.js';
import { decodeCursor } from './cursor.js';
import { FeedGroup, type FollowFrom, type PlacedPage } from './feed-group.js';
import type { Page } from './page.js';

/** A feed that some follow together as soon as they have caught up. */
export interface SharedFeed<Item> {
  readonly bell: Bell;
  /** The groups of feeds that show the same to whoever has the same rights. */
  readonly groups: Map<string, FeedGroup<Item>>;
  /** What the follower's rights come to now; throws when they may not follow any more. */
  rights(): Promise<string>;
  /** Starts where the client asked. */
  begin(signal: AbortSignal): AsyncGenerator<PlacedPage<Item>, void, void>;
  readonly followFrom: FollowFrom<Item>;
}

/**
 * Follows alone until there is nothing older to read, and from then on together with those who have the same rights. Whatever a group's
 * page does not continue exactly is read alone, so that joining, being slow and a group's end lose nothing and double nothing.
 */
export async function* followTogether<Item>(feed: SharedFeed<Item>, signal: AbortSignal): AsyncGenerator<Page<Item>, void, void> {
  let alone = feed.begin(signal);
  while (!signal.aborted) {
    const position = yield* untilLive(alone);
    if (position === null) return;
    const rights = await feed.rights();
    const after = yield* inGroup(feed, rights, position, signal);
    if (after === null) return;
    alone = feed.followFrom(after, null, signal);
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

/** Follows a group; returns where to go on alone, or null when the feed has ended. */
async function* inGroup<Item>(
  feed: SharedFeed<Item>,
  rights: string,
  start: number,
  signal: AbortSignal,
): AsyncGenerator<Page<Item>, number | null, void> {
  const member = groupOf(feed, rights, start).join();
  const ownRights = watchRights(feed, rights, () => member.wake());
  const wake = (): void => member.wake();
  signal.addEventListener('abort', wake);
  try {
    for (let position = start; ;) {
      // What rang while something else was awaited woke nobody.
      const next = ownRights.areInDoubt || signal.aborted ? undefined : await member.next();
      if (signal.aborted) return null;
      if (next === null || !(await ownRights.areKept())) return position;
      if (next === undefined || isOld(next, position)) continue;
      yield* pagesUpTo(feed, next, position, signal);
      if (next.page.state === 'ENDED') return null;
      position = next.to;
    }
  } finally {
    ownRights.stop();
    signal.removeEventListener('abort', wake);
    member.leave();
  }
}

/** A page of the group where it continues what the follower has; otherwise what lies between, read alone. */
async function* pagesUpTo<Item>(
  { followFrom }: SharedFeed<Item>,
  { page, from, to }: PlacedPage<Item>,
  position: number,
  signal: AbortSignal,
): AsyncGenerator<Page<Item>, void, void> {
  if (from === position) return yield page;
  for await (const missed of followFrom(position, to, signal)) yield missed.page;
  if (page.state === 'ENDED') yield { ...page, items: [] };
}

function watchRights<Item>({ bell, rights }: SharedFeed<Item>, known: string, onRing: () => void) {
  const watch = {
    areInDoubt: false,
    async areKept(): Promise<boolean> {
      if (!watch.areInDoubt) return true;
      watch.areInDoubt = false;
      return (await rights()) === known;
    },
    stop: bell.listen(rightsStream, () => {
      watch.areInDoubt = true;
      onRing();
    }),
  };
  return watch;
}

// A heartbeat stands where the follower stands, and has nothing.
const isOld = <Item>({ page, to }: PlacedPage<Item>, position: number): boolean =>
  to < position || (to === position && page.items.length > 0);

function groupOf<Item>({ groups, followFrom }: SharedFeed<Item>, rights: string, after: number): FeedGroup<Item> {
  const known = groups.get(rights);
  if (known) return known;
  const group: FeedGroup<Item> = new FeedGroup(followFrom, after, () => {
    if (groups.get(rights) === group) groups.delete(rights);
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
