import type { EntityManager } from '@mikro-orm/postgresql';
import type { Kysely, RawBuilder } from 'kysely';

/** Runs a statement on the entity manager's connection (its transaction, when it has one) and returns the plain rows. */
export async function executeSql<Row = Record<string, unknown>>(em: EntityManager, statement: RawBuilder<unknown>): Promise<Row[]> {
  const { rows } = await statement.execute(em.getKysely() as unknown as Kysely<unknown>);
  return rows as Row[];
}
