import { executeSql, sql } from '#core/database/sql.js';
import type { WriteContext } from '#core/feed/write.js';

/** The stream that rings when toolkits have changed. */
export const toolkitStream = 'toolkits';

const toolkitLock = 7_216_005;

/** Lets one transaction at a time change which toolkits there are and what lies in their folders; every process hears of it afterwards. */
export async function lockToolkits({ em, touch }: Pick<WriteContext, 'em' | 'touch'>): Promise<void> {
  await executeSql(em, sql`select pg_advisory_xact_lock(${toolkitLock}::bigint)`);
  touch(toolkitStream);
}
