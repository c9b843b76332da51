import type { GraphQLResolveInfo, OperationDefinitionNode } from 'graphql';
import { ID, Int } from 'type-graphql';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { encodeCursor } from '#core/feed/cursor.js';
import type { FeedGroup } from '#core/feed/feed-group.js';
import { follow, type FollowOptions, type Source } from '#core/feed/follow.js';
import { followTogether, placed } from '#core/feed/follow-together.js';
import { leavable } from '#core/feed/leavable.js';
import type { Page } from '#core/feed/page.js';
import type { Actor } from '#core/policy/actor.js';
import type { GraphContext, GraphSystem } from '../context.js';
import type { FeedDeclaration } from '../feed.js';
import { entitiesOf, rightsKey } from '../rights-key.js';
import type { Reader } from '../read/reader.js';
import type { Row } from '../read/row.js';
import { feedSource, readerNow, type FeedArgs } from './feed-source.js';
import { addSubscription, type GeneratedArg } from './generated-field.js';
import { filterInputOf } from './filter-inputs.js';
import { pageType } from './page-type.js';

const pageSize = 500;
const mostLast = 10_000;

/** Adds the subscription of a feed. */
export function buildFeedField(owner: new () => object, declaration: FeedDeclaration): void {
  const { name, description, item, subject } = declaration;
  const Page = pageType(name, item);
  const filter = subject ? null : filterInputOf(item);
  const args: GeneratedArg[] = [
    {
      name: 'after',
      type: () => String,
      description: 'Cursor after which to start (exclusive); without after and last the feed starts now',
    },
    { name: 'last', type: () => Int, description: `Start with this many of the newest items, at most ${mostLast}` },
  ];
  if (subject)
    args.unshift({
      name: subject.arg,
      type: () => ID,
      nullable: false,
      description: `Id of the ${declarationOf(subject.of).name} to follow`,
    });
  if (filter) args.push({ name: 'filter', type: () => filter, description: 'Which items' });
  addSubscription(owner, {
    name,
    type: () => Page,
    description,
    args,
    resolve: (_root, given: FeedArgs, context, info) =>
      leavable(context.signal, (signal) => pages(declaration, given, context, info, signal)),
  });
}

async function* pages(
  declaration: FeedDeclaration,
  args: FeedArgs,
  context: GraphContext,
  info: GraphQLResolveInfo,
  signal: AbortSignal,
): AsyncGenerator<Page<Row>> {
  if (args.after != null && args.last != null) throw badInput('Give after or last, not both', 'after', 'last');
  if (args.last != null && (args.last < 0 || args.last > mostLast)) throw badInput(`last must be between 0 and ${mostLast}`, 'last');
  const { meter } = context.system;
  meter.subscribers += 1;
  try {
    for await (const page of followed(declaration, args, context, info, signal)) {
      meter.sent(page.items.length);
      yield page;
    }
  } finally {
    meter.subscribers -= 1;
  }
}

function followed(
  declaration: FeedDeclaration,
  args: FeedArgs,
  context: GraphContext,
  info: GraphQLResolveInfo,
  signal: AbortSignal,
): AsyncGenerator<Page<Row>, void, void> {
  const { bell, heartbeatMs, meter } = context.system;
  const own = feedSource(declaration, args, info, context, () => readerNow(context));
  const { stream } = own;
  type Start = Pick<FollowOptions, 'after' | 'last' | 'until'>;
  const follows = (source: Source<Row>, start: Start, until: AbortSignal): AsyncGenerator<Page<Row>, void, void> =>
    follow(source, { bell, heartbeatMs, pageSize, signal: until, ...start });
  const from = { after: args.after ?? null, last: args.last ?? null };
  const keyOf = rightsKeyOf(declaration, context, info);
  const { live } = context;
  if (keyOf === null || live === null) return follows(own, from, signal);

  const readerWith = async (rights: string): Promise<Reader> => {
    const reader = await readerNow(context);
    // Whoever reads for others must see what they see, no more and no less.
    if (keyOf(reader.actor) !== rights) throw new AppError('FORBIDDEN', 'The rights of the one who reads have changed');
    return reader;
  };
  return followTogether(
    {
      outlet: live.outlet,
      meter,
      groups: groupsOf(context.system, info),
      onRightsChange: (callback) => context.onRightsChange(callback),
      rights: async () => keyOf((await readerNow(context)).actor),
      begin: (until) => placed(follows(own, from, until), stream, 0),
      followAlone: (after, until, left) => placed(follows(own, { after: encodeCursor({ [stream]: after }), until }, left), stream, after),
      followFor: (rights, after, left) => {
        const source = feedSource(declaration, args, info, context, () => readerWith(rights));
        return placed(follows(source, { after: encodeCursor({ [stream]: after }) }, left), stream, after);
      },
      answer: (page) => live.answer(page),
    },
    signal,
  );
}

/** What the rights of an actor come to for a feed, and what else decides an answer; null when it cannot be shared. */
function rightsKeyOf(
  declaration: FeedDeclaration,
  { system, live }: GraphContext,
  info: GraphQLResolveInfo,
): ((actor: Actor) => string) | null {
  const entities = entitiesOf(info);
  if (entities === null || live === null) return null;
  const all = [...entities, ...entitiesBehind(declaration)];
  return (actor) => `${live.asked} ${rightsKey(system.policies, actor, all)}`;
}

const groups = new WeakMap<GraphSystem, WeakMap<OperationDefinitionNode, Map<string, FeedGroup<Row>>>>();

/** The groups of those who ask with the same document. */
function groupsOf(system: GraphSystem, { operation }: GraphQLResolveInfo): Map<string, FeedGroup<Row>> {
  const ofSystem = groups.get(system) ?? new WeakMap<OperationDefinitionNode, Map<string, FeedGroup<Row>>>();
  groups.set(system, ofSystem);
  const ofOperation = ofSystem.get(operation) ?? new Map<string, FeedGroup<Row>>();
  ofSystem.set(operation, ofOperation);
  return ofOperation;
}

// The subject, and what items point at: filters ask these for their policies as well.
function entitiesBehind({ item, subject }: FeedDeclaration): EntityClass[] {
  const targets = [...declarationOf(item).fields.values()].flatMap((field) => (field.is === 'toOne' ? [field.target()] : []));
  return [item, ...(subject ? [subject.of] : []), ...targets];
}
