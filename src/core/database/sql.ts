import type { EntityManager } from '@mikro-orm/postgresql';
import type { Kysely, RawBuilder } from 'kysely';

/** Runs a statement on the entity manager's connection (its transaction, when it has one) and returns the plain rows. */
export async function executeSql<Row = Record<string, unknown>>(em: EntityManager, statement: RawBuilder<unknown>): Promise<Row[]> {
  const { rows } = await statement.execute(em.getKysely() as unknown as Kysely<unknown>);
  return rows as Row[];
}

/** Text that PostgreSQL takes: NUL characters and lone surrogates, for which it has no form, are replaced. */
export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd');

/** JSON that PostgreSQL takes as jsonb, with the same replaced in values and keys; `JSON.stringify` escapes exactly those. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value).replace(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '$1\\ufffd');
