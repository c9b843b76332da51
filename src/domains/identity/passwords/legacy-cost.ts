import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { bcryptCost, bcryptDecoy } from './legacy-hash.js';

/** The highest bcrypt cost of a password hash that came from another system; null where there is none left. */
export async function legacyCost(em: EntityManager): Promise<number | null> {
  const [row] = await executeSql<{ cost: string | null }>(
    em,
    sql`select max(substr(password_hash, 5, 2)) as cost from users where password_hash like '$2%'`,
  );
  const cost = row?.cost ?? null;
  return cost === null ? null : bcryptCost(bcryptDecoy(Number(cost)));
}
