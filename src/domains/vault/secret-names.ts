import { executeSql, sql } from '#core/database/sql.js';
import type { WriteSystem } from '#core/feed/write.js';

/** The names of all secrets of a server, placeholders too, in their order. */
export async function secretNames({ database }: Pick<WriteSystem, 'database'>, serverId: string): Promise<string[]> {
  const rows = await executeSql<{ name: string }>(
    database.fork(),
    sql`select name from secrets where server_id = ${serverId}::uuid order by name`,
  );
  return rows.map(({ name }) => name);
}
