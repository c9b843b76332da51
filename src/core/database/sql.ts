import type { EntityManager } from '@mikro-orm/postgresql';
import { CompiledQuery } from 'kysely';
import template, { empty, join as joined, raw, type Sql } from 'sql-template-tag';

export type { Sql };

const quoted = new Map<string, Sql>();

/** A name as SQL has it, each part between quotes: `t.created_at` becomes `"t"."created_at"`. */
function ref(name: string): Sql {
  let known = quoted.get(name);
  if (!known) {
    known = raw(
      name
        .split('.')
        .map((part) => `"${part.replaceAll('"', '""')}"`)
        .join('.'),
    );
    // Names come from declarations, and from aliases of a bounded depth; the bound is for what nobody thought of.
    if (quoted.size < 10_000) quoted.set(name, known);
  }
  return known;
}

/** Makes a statement, or a part of one: what is put into the template is a parameter, unless it is a part itself. */
export const sql = Object.assign(template, {
  ref,
  /** Text that is SQL. */
  raw,
  empty,
  /** Parts or parameters with a text between them, a comma when none is given; nothing when there are none. */
  join: (parts: readonly unknown[], separator = ', '): Sql => (parts.length === 0 ? empty : joined([...parts] as never[], separator)),
});

/** Runs a statement on the entity manager's connection (its transaction, when it has one) and returns the plain rows. */
export async function executeSql<Row = Record<string, unknown>>(em: EntityManager, statement: Sql): Promise<Row[]> {
  const { rows } = await em.getKysely().executeQuery(CompiledQuery.raw(statement.text, statement.values as unknown[]));
  return rows as Row[];
}

/** Text that PostgreSQL takes: NUL characters and lone surrogates, for which it has no form, are replaced. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

/** JSON that PostgreSQL takes as jsonb, with the same replaced in values and keys; `JSON.stringify` escapes exactly those. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value).replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '$1\\ufffd');
