import type { GraphQLResolveInfo, OperationDefinitionNode } from 'graphql';
import { ID, Int } from 'type-graphql';
import { sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import { Problems } from '#core/errors/problems.js';
import { notFound } from '#core/errors/not-found.js';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass, ToOneDeclaration } from '#core/database/declare/declaration.js';
import { isUuid } from '#core/database/id.js';
import { encodeCursor } from '#core/feed/cursor.js';
import type { FeedGroup } from '#core/feed/feed-group.js';
import { follow, type FollowOptions, type Head, type Source } from '#core/feed/follow.js';
import { followTogether, placed } from '#core/feed/follow-together.js';
import { leavable } from '#core/feed/leavable.js';
import type { Page } from '#core/feed/page.js';
import type { GraphContext, GraphSystem } from '../context.js';
import type { FeedDeclaration } from '../feed.js';
import { readBy } from '../execute/shared-pages.js';
import { entitiesOf, rightsKey } from '../rights-key.js';
import { filterCondition, type FilterInput } from '../read/filter.js';
import { column, visible } from '../read/viewer.js';
import { Reader } from '../read/reader.js';
import type { Row } from '../read/row.js';
import { rowReader } from '../read/row-reader.js';
import { addSubscription, type GeneratedArg } from './generated-field.js';
import { filterInputOf } from './filter-inputs.js';
import { streamName } from './list-field.js';
import { pageType } from './page-type.js';

const pageSize = 500;
const mostLast = 10_000;

interface FeedArgs {
  after?: string | null;
  last?: number | null;
  filter?: FilterInput | null;
  [subject: string]: unknown;
}

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
  const { bell, heartbeatMs } = context.system;
  const source = sourceOf(declaration, args, context, info);
  const from = { after: args.after ?? null, last: args.last ?? null };
  const follows = (start: Pick<FollowOptions, 'after' | 'last' | 'until'>, until: AbortSignal): AsyncGenerator<Page<Row>, void, void> =>
    follow(source, { bell, heartbeatMs, pageSize, signal: until, ...start });
  const entities = entitiesOf(info);
  if (entities === null) return yield* follows(from, signal);
  const { stream } = source;
  const asked = JSON.stringify({ ...args, after: undefined, last: undefined });
  yield* followTogether(
    {
      bell,
      groups: groupsOf(context.system, info),
      rights: async () => {
        const { actor } = await readerNow(context);
        return `${asked} ${rightsKey(context.system.policies, actor, [...entities, ...entitiesBehind(declaration)])}`;
      },
      begin: (until) => placed(follows(from, until), stream, 0),
      async *followFrom(after, until, left) {
        for await (const each of placed(follows({ after: encodeCursor({ [stream]: after }), until }, left), stream, after)) {
          readBy.set(each.page, context);
          yield each;
        }
      },
    },
    signal,
  );
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

function sourceOf({ item, subject }: FeedDeclaration, args: FeedArgs, context: GraphContext, info: GraphQLResolveInfo): Source<Row> {
  const declaration = declarationOf(item);
  const stream = declaration.streams!.find(({ by }) =>
    subject ? by && (declaration.fields.get(by) as ToOneDeclaration).target() === subject.of : !by,
  )!;
  const subjectId = subject ? (args[subject.arg] as string) : null;
  const name = streamName(declaration, subjectId);
  const table = rowReader(declaration, info, [stream.column]);
  const position = column(item, stream.column, 't');
  const among = (reader: Reader, head: Head) => {
    const problems = new Problems();
    const ofSubject = stream.by ? sql`${column(item, stream.by, 't')} = ${subjectId}` : sql`true`;
    const chosen = args.filter ? filterCondition(reader, declaration, args.filter, problems) : sql`true`;
    problems.throwIfAny();
    return sql`from ${sql.ref(declaration.table)} as t where ${position} <= ${head.position} and ${ofSubject} and ${visible(reader, item, 't')} and ${chosen}`;
  };
  return {
    stream: name,
    head: async () => headOf(await readerNow(context), name, subject, subjectId),
    async read(after, limit, head) {
      // What the items' relations load must be as fresh as the items, and seen with the same rights.
      const reader = (context.reader = await readerNow(context));
      const page = sql`(select ${table.selectList(reader)} ${among(reader, head)} and ${position} > ${after} order by ${position} limit ${limit}) as page`;
      const items = (await reader.rows(table.statement(reader, sql`1`, page))).map((values) => table.row(values));
      return { items, position: items.length === limit ? (items.at(-1)![stream.column] as number) : head.position };
    },
    async behindNewest(count, head) {
      const reader = await readerNow(context);
      const [row] = await reader.rows(sql`select ${position} ${among(reader, head)} order by ${position} desc offset ${count} limit 1`);
      return row ? Number(row[0]) : head.oldest - 1;
    },
  };
}

async function readerNow(context: GraphContext): Promise<Reader> {
  const actor = await context.currentActor();
  if (!actor) throw new AppError('UNAUTHENTICATED', 'The session is over: sign in again');
  return new Reader(context.system.database, actor, context.system.policies, context.work);
}

async function headOf(reader: Reader, stream: string, subject: FeedDeclaration['subject'], subjectId: string | null): Promise<Head> {
  const subjectName = subject && declarationOf(subject.of).name!;
  if (subject && !isUuid(subjectId!)) throw notFound(`${subjectName} ${subjectId}`);
  const mayFollow = subject
    ? sql`exists (select 1 from ${sql.ref(declarationOf(subject.of).table)} s where s.id = ${subjectId} and ${visible(reader, subject.of, 's')})`
    : sql`true`;
  const [row] = await reader.execute<{ seq: string; ended: boolean; reason: string | null }>(sql`
    select seq, ended_at is not null as ended, reason from streams where name = ${stream} and ${mayFollow}`);
  if (!row) throw notFound(subject ? `${subjectName} ${subjectId}` : 'The stream');
  return { position: Number(row.seq), oldest: 1, isEnded: row.ended, reason: row.reason };
}
