import type { Database } from '#core/database/open-database.js';
import { executeSql, sql } from '#core/database/sql.js';
import type { BellTransport } from '#core/feed/bell-transport.js';
import { NotifyTransport } from '#core/feed/notify-transport.js';
import { RedisTransport } from '#core/feed/redis-transport.js';
import type { Logger } from '#core/log/logger.js';
import type { Config } from './config.js';

/** What carries the bell between processes: Redis where the settings name one, or else PostgreSQL. */
export async function bellTransport({ REDIS_URL: redisUrl }: Config, database: Database, log: Logger): Promise<BellTransport> {
  if (!redisUrl) return new NotifyTransport(database.url, log);
  const [row] = await executeSql<{ name: string }>(database.fork(), sql`select current_database() as name`);
  return new RedisTransport(redisUrl, row!.name, log);
}
