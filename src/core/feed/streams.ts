import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql, storableJson } from '#core/database/sql.js';
import { columnName, declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { newId } from '#core/database/id.js';

/** The line on which everything that crosses streams gets its position after commit. */
export const sequencedStream = '*';

/** Opens a stream at position 0, within the caller's transaction. */
export async function openStreams(em: EntityManager, ...names: string[]): Promise<void> {
  await executeSql(em, sql`insert into streams (name) values ${sql.join(names.map((name) => sql`(${name})`))}`);
}

/** Where streams stand; a name that is no stream is left out. */
export async function positionsOf(em: EntityManager, names: readonly string[]): Promise<Record<string, number>> {
  const rows = await executeSql<{ name: string; seq: string }>(em, sql`select name, seq from streams where name = any(${names}::text[])`);
  return Object.fromEntries(rows.map(({ name, seq }) => [name, Number(seq)]));
}

/** Sets who may append from now on; waits for a writer that is appending right now. */
export async function fenceStreams(em: EntityManager, fence: number, ...names: string[]): Promise<void> {
  await executeSql(em, sql`update streams set fence = ${fence} where name = any(${names}::text[])`);
}

/** Ends a stream: nothing can be appended any more, and its feeds say so with the reason. */
export async function endStreams(em: EntityManager, reason: string, ...names: string[]): Promise<void> {
  await executeSql(em, sql`update streams set ended_at = clock_timestamp(), reason = ${reason} where name = any(${names}::text[])`);
}

/**
 * The name under which a table's items in a stream are kept count of when they are removed: that of the stream itself, or, since several
 * tables share the one order of everything, one of the table's own.
 */
export const trimsOf = (table: string, subjectId: string | null): string => `${table}:${subjectId ?? sequencedStream}`;

/** Notes that items up to a position have been removed, in the transaction that removed them: who resumes before it is told so. */
export async function noteTrimmed(em: EntityManager, name: string, through: number): Promise<void> {
  await executeSql(
    em,
    sql`
    insert into streams (name, oldest) values (${name}, ${through + 1}) on conflict (name) do update set oldest = greatest(streams.oldest, excluded.oldest)`,
  );
}

/** Where to append: the stream, the number of its present writer, and the column that counts. */
export interface AppendTarget {
  stream: string;
  fence: number;
  entity: EntityClass;
  column: string;
}

/**
 * Appends rows (property names to values) in one statement; their positions follow one another without a gap. Returns the last
 * position, or null when the stream has ended or belongs to another writer by now: then nothing was written.
 */
export async function append(
  em: EntityManager,
  { stream, fence, entity, column }: AppendTarget,
  rows: readonly object[],
): Promise<number | null> {
  const declaration = declarationOf(entity);
  const { table, type, fields } = declaration;
  const columns = [...fields.values()]
    .filter((field) => field.is !== 'computed')
    .map(({ property }) => ({ property, name: columnName(declaration, property) }));
  const stored = (row: object) =>
    columns.filter(({ property }) => property in row).map(({ property, name }) => [name, (row as Record<string, unknown>)[property]]);
  const idOf = (row: object): unknown => ('id' in row ? row.id : newId(type));
  const json = storableJson(rows.map((row) => Object.fromEntries([...stored(row), ['id', idOf(row)]])));
  const value = ({ property, name }: { property: string; name: string }) =>
    property === column
      ? sql`bumped.base + r.ordinality`
      : property === 'createdAt'
        ? sql`coalesce(r.created_at, clock_timestamp())`
        : sql.ref(`r.${name}`);
  const [written] = await executeSql<{ last: string | null }>(
    em,
    sql`
    with bumped as (
      update streams set seq = seq + ${rows.length} where name = ${stream} and fence = ${fence} and ended_at is null returning seq, seq - ${rows.length} as base
    ), inserted as (
      insert into ${sql.ref(table)} (${sql.join(columns.map(({ name }) => sql.ref(name)))})
      select ${sql.join(columns.map(value))} from bumped, jsonb_populate_recordset(null::${sql.ref(table)}, ${json}::jsonb) with ordinality r
    )
    select max(seq) as last from bumped`,
  );
  return written?.last == null ? null : Number(written.last);
}
