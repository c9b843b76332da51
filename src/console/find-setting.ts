import type { Database } from '#core/database/open-database.js';
import { Setting } from '#domains/settings/setting.entity.js';

/** The setting of a key; fails when there is none. */
export async function findSetting(database: Database, key: string): Promise<Setting> {
  const setting = await database.fork().findOne(Setting, { key });
  if (!setting) throw new Error(`There is no setting "${key}"`);
  return setting;
}
