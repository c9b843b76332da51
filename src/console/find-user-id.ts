import { executeSql, sql } from '#core/database/sql.js';
import type { Database } from '#core/database/open-database.js';

/** The id of the user of a name; fails when there is none. */
export async function findUserId(database: Database, username: string): Promise<string> {
  const [user] = await executeSql<{ id: string }>(database.fork(), sql`select id from users where username = ${username}`);
  if (!user) throw new Error(`There is no user "${username}"`);
  return user.id;
}
