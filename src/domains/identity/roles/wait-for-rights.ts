import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';

/** Makes whoever changes users, roles and rights wait for one another until the commit, so that what is checked then still holds. */
export async function waitForRights(em: EntityManager): Promise<void> {
  await executeSql(em, sql`select pg_advisory_xact_lock(hashtextextended('signalbox rights', 0))`);
}
