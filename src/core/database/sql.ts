import type { EntityManager } from '@mikro-orm/postgresql';
import type { Kysely, RawBuilder } from 'kysely';

/** Runs a statement on the entity manager's connection (its transaction, when it has one) and returns the plain rows. */
export async function executeSql<Row = Record<string, unknown>>(em: EntityManager, statement: RawBuilder<unknown>): Promise<Row[]> {
  const { rows } = await statement.execute(em.getKysely() as unknown as Kysely<unknown>);
  return rows as Row[];
}

/** JSON that PostgreSQL takes as jsonb: NUL characters and lone surrogates, for which it has no form, are replaced. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) => (typeof each === 'string' ? each.toWellFormed().replaceAll('\0', '\ufffd') : each));
