import type { GraphQLResolveInfo } from 'graphql';
import { sql } from '#core/database/sql.js';
import { Problems } from '#core/errors/problems.js';
import { notFound } from '#core/errors/not-found.js';
import { declarationOf } from '#core/database/declare/registry.js';
import type { StreamDeclaration, ToOneDeclaration } from '#core/database/declare/declaration.js';
import { isUuid } from '#core/database/id.js';
import type { Head, Source } from '#core/feed/follow.js';
import { trimsOf } from '#core/feed/streams.js';
import type { FeedDeclaration } from '../feed.js';
import { filterCondition, type FilterInput } from '../read/filter.js';
import { column, visible } from '../read/viewer.js';
import type { Reader } from '../read/reader.js';
import type { Row } from '../read/row.js';
import { rowReader } from '../read/row-reader.js';
import { streamName } from './list-field.js';

/** The arguments of a feed's field. */
export interface FeedArgs {
  after?: string | null;
  last?: number | null;
  filter?: FilterInput | null;
  [subject: string]: unknown;
}

/** The most items with which a feed starts. */
export const mostLast = 10_000;

/** The stream that a feed follows, and the column that counts in it. */
export function feedStream({ item, subject }: FeedDeclaration, args: FeedArgs): StreamDeclaration & { name: string } {
  const declaration = declarationOf(item);
  const stream = declaration.streams!.find(({ by }) =>
    subject ? by && (declaration.fields.get(by) as ToOneDeclaration).target() === subject.of : !by,
  )!;
  return { ...stream, name: streamName(declaration, subject ? (args[subject.arg] as string) : null) };
}

/** Through whose eyes a feed is read, and who wants to know of it. */
export interface SourceReader {
  /** The reader of this moment; fails when nobody may read any more. */
  readerNow(): Promise<Reader>;
  /** A page is about to be read: what its items' relations load must be as fresh, and seen with the same rights. */
  onRead(reader: Reader): void;
  /** Whether the stream is there for the reader; may throw. */
  onHead(isThere: boolean): void;
}

/** What a feed reads. */
export function feedSource(
  feed: FeedDeclaration,
  args: FeedArgs,
  info: GraphQLResolveInfo,
  { readerNow, onRead, onHead }: SourceReader,
): Source<Row> {
  const { item, subject } = feed;
  const declaration = declarationOf(item);
  const stream = feedStream(feed, args);
  const subjectId = subject ? (args[subject.arg] as string) : null;
  // Its time says how late an item is, where items have one.
  const table = rowReader(
    declaration,
    info,
    [stream.column, 'createdAt'].filter((property) => declaration.fields.has(property)),
  );
  const position = column(item, stream.column, 't');
  const among = (reader: Reader, head: Head) => {
    const problems = new Problems();
    const ofSubject = stream.by ? sql`${column(item, stream.by, 't')} = ${subjectId}` : sql`true`;
    const chosen = args.filter ? filterCondition(reader, declaration, args.filter, problems) : sql`true`;
    problems.throwIfAny();
    return sql`from ${sql.ref(declaration.table)} as t where ${position} <= ${head.position} and ${ofSubject} and ${visible(reader, item, 't')} and ${chosen}`;
  };
  return {
    stream: stream.name,
    async head() {
      const head = await headOf(await readerNow(), stream.name, trimsOf(declaration.table, subjectId), subject, subjectId);
      onHead(head !== null);
      if (!head) throw notFound(subject ? `${declarationOf(subject.of).name} ${subjectId}` : 'The stream');
      return head;
    },
    async read(after, limit, head) {
      const reader = await readerNow();
      onRead(reader);
      const page = sql`(select ${table.selectList(reader)} ${among(reader, head)} and ${position} > ${after} order by ${position} limit ${limit}) as page`;
      const items = (await reader.rows(table.statement(reader, sql`1`, page))).map((values) => table.row(values));
      return { items, position: items.length === limit ? (items.at(-1)![stream.column] as number) : head.position };
    },
    async behindNewest(count, head) {
      const reader = await readerNow();
      const [row] = await reader.rows(sql`select ${position} ${among(reader, head)} order by ${position} desc offset ${count} limit 1`);
      return row ? Number(row[0]) : head.oldest - 1;
    },
  };
}

/** Where the stream stands; null when there is none for this reader. */
async function headOf(
  reader: Reader,
  stream: string,
  trims: string,
  subject: FeedDeclaration['subject'],
  subjectId: string | null,
): Promise<Head | null> {
  if (subject && !isUuid(subjectId!)) return null;
  const mayFollow = subject
    ? sql`exists (select 1 from ${sql.ref(declarationOf(subject.of).table)} s where s.id = ${subjectId} and ${visible(reader, subject.of, 's')})`
    : sql`true`;
  const [row] = await reader.rows(sql`
    select s.seq, coalesce((select t.oldest from streams t where t.name = ${trims}), 1), s.ended_at is not null, s.reason
    from streams s where s.name = ${stream} and ${mayFollow}`);
  return row ? { position: Number(row[0]), oldest: Number(row[1]), isEnded: row[2] === 't', reason: row[3]! } : null;
}
