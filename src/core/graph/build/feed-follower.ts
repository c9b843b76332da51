import type { GraphQLResolveInfo, OperationDefinitionNode } from 'graphql';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { encodeCursor } from '#core/feed/cursor.js';
import type { FeedGroup, PlacedPage } from '#core/feed/feed-group.js';
import type { FeedMeter } from '#core/feed/feed-meter.js';
import { follow, type FollowOptions } from '#core/feed/follow.js';
import { followTogether, placed, type SharedFeed } from '#core/feed/follow-together.js';
import type { Answer, Outlet } from '#core/feed/outlet.js';
import type { Page } from '#core/feed/page.js';
import { accessOver, type Actor } from '#core/policy/actor.js';
import type { GraphContext, GraphSystem } from '../context.js';
import type { FeedDeclaration } from '../feed.js';
import { entitiesOf, rightsKey, targetsOf } from '../rights-key.js';
import { Reader } from '../read/reader.js';
import type { Row } from '../read/row.js';
import { feedSource, feedStream, mostLast, type FeedArgs } from './feed-source.js';

const pageSize = 500;

type Start = Pick<FollowOptions, 'after' | 'last' | 'until' | 'wasLive'>;
type Placed = AsyncGenerator<PlacedPage<Row>, void, void>;

/** One who follows a feed: with which rights it reads, and with whom it follows. Small, because there are many and most only wait. */
export class FeedFollower implements SharedFeed<Row> {
  #wasSeen = false;

  constructor(
    readonly declaration: FeedDeclaration,
    readonly args: FeedArgs,
    readonly context: GraphContext,
    readonly info: GraphQLResolveInfo,
  ) {
    const { after, last } = args;
    if (after != null && last != null) throw badInput('Give after or last, not both', 'after', 'last');
    if (last != null && (last < 0 || last > mostLast)) throw badInput(`last must be between 0 and ${mostLast}`, 'last');
  }

  /** The pages that are read for this follower alone; all others go to its outlet. */
  pages(signal: AbortSignal): AsyncGenerator<Page<Row>, void, void> {
    const canShare = this.context.live !== null && entitiesOf(this.info) !== null;
    return canShare ? followTogether(this, signal) : this.#own(this.#start(), signal);
  }

  get meter(): FeedMeter {
    return this.context.system.meter;
  }

  get outlet(): Outlet {
    return this.context.live!.outlet;
  }

  get groups(): Map<string, FeedGroup<Row>> {
    return groupsOf(this.context.system, this.info);
  }

  onRightsChange(callback: () => void): () => void {
    return this.context.onRightsChange(callback);
  }

  async rights(): Promise<string> {
    return this.#keyOf((await this.#readerNow()).actor);
  }

  begin(signal: AbortSignal): Placed {
    return this.#placed(this.#own(this.#start(), signal), 0);
  }

  followAlone(after: number, until: number | null, signal: AbortSignal): Placed {
    return this.#placed(this.#own({ after: this.#cursor(after), until, wasLive: true }, signal), after);
  }

  async *followFor(rights: string, after: number, signal: AbortSignal): Placed {
    let last = this.context.reader;
    const readerNow = async (): Promise<Reader> => {
      const reader = await this.#readerNow();
      // Whoever reads for others must see what they see, no more and no less.
      if (this.#keyOf(reader.actor) !== rights) throw new AppError('FORBIDDEN', 'The rights of the one who reads have changed');
      return reader;
    };
    const pages = this.#follow(readerNow, { after: this.#cursor(after), wasLive: true }, signal, (reader) => (last = reader));
    for await (const placedPage of this.#placed(pages, after)) {
      readers.set(placedPage.page, last);
      yield placedPage;
    }
  }

  answer(page: Page<Row>): Promise<Answer> {
    const newest = page.items.at(-1)?.createdAt;
    if (typeof newest === 'string') this.meter.lagged(page.at.getTime() - Date.parse(newest));
    return this.context.live!.answer(page, readers.get(page)!);
  }

  onFailure(err: unknown): void {
    // What is told to each member needs no line in the log.
    if (!(err instanceof AppError))
      this.context.system.log.warn({ err }, 'a group of followers could not be read for; each reads by itself');
  }

  #own(start: Start, signal: AbortSignal): AsyncGenerator<Page<Row>, void, void> {
    return this.#follow(
      () => this.#readerNow(),
      start,
      signal,
      (reader) => (this.context.reader = reader),
    );
  }

  #follow(
    readerNow: () => Promise<Reader>,
    start: Start,
    signal: AbortSignal,
    onRead: (reader: Reader) => void,
  ): AsyncGenerator<Page<Row>, void, void> {
    const { bell, heartbeatMs } = this.context.system;
    const source = feedSource(this.declaration, this.args, this.info, {
      readerNow,
      onRead,
      onHead: (isThere) => {
        if (!isThere && this.#wasSeen) throw this.#lost();
        this.#wasSeen ||= isThere;
      },
    });
    return follow(source, { bell, heartbeatMs, pageSize, signal, ...start });
  }

  #start(): Start {
    return { after: this.args.after ?? null, last: this.args.last ?? null };
  }

  #placed(pages: AsyncGenerator<Page<Row>, void, void>, after: number): Placed {
    return placed(pages, feedStream(this.declaration, this.args).name, after);
  }

  #cursor(position: number): string {
    return encodeCursor({ [feedStream(this.declaration, this.args).name]: position });
  }

  /** What the rights of an actor come to for this feed, and what else decides an answer. */
  #keyOf(actor: Actor): string {
    const entities = [...entitiesOf(this.info)!, ...entitiesBehind(this.declaration)];
    return `${this.context.live!.asked} ${rightsKey(this.context.system.policies, actor, entities)}`;
  }

  async #readerNow(): Promise<Reader> {
    const { context } = this;
    const actor = await context.currentActor();
    if (!actor) throw accessOver(context.actor, { reason: 'SESSION_ENDED' });
    return new Reader(context.system.database, actor, context.system.policies, context.work);
  }

  // Hidden and gone read alike; who has seen the subject learns that this is over.
  #lost(): AppError {
    const { subject } = this.declaration;
    const what = subject ? `${declarationOf(subject.of).name} ${String(this.args[subject.arg])}` : 'The stream';
    return new AppError('NOT_FOUND', `${what} is gone, or may not be seen any more`, { reason: 'ACCESS_LOST' });
  }
}

/** Through what the pages were read that several get: their relations are seen with the same rights. */
const readers = new WeakMap<Page<Row>, Reader>();

const groups = new WeakMap<GraphSystem, WeakMap<OperationDefinitionNode, Map<string, FeedGroup<Row>>>>();

/** The groups of those who ask with the same document. */
function groupsOf(system: GraphSystem, { operation }: GraphQLResolveInfo): Map<string, FeedGroup<Row>> {
  const ofSystem = groups.get(system) ?? new WeakMap<OperationDefinitionNode, Map<string, FeedGroup<Row>>>();
  groups.set(system, ofSystem);
  const ofOperation = ofSystem.get(operation) ?? new Map<string, FeedGroup<Row>>();
  ofSystem.set(operation, ofOperation);
  return ofOperation;
}

// The subject, and what items point at.
const entitiesBehind = ({ item, subject }: FeedDeclaration): EntityClass[] => [item, ...(subject ? [subject.of] : []), ...targetsOf(item)];
