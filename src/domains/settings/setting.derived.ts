import { sql } from '#core/database/sql.js';
import { derived } from '#core/graph/derived.js';
import { Settings } from '#core/settings/settings.js';
import { Setting } from './setting.entity.js';

/** What is looked up for settings. */
export const settingDerived = [
  derived({
    of: Setting,
    name: 'isDeclared',
    kind: 'boolean',
    description: 'Whether anything uses it, as the process that answers knows; what is not declared any more cannot be changed',
    async load(reader, ids, _args, services) {
      const rows = await reader.rows(sql`select id, key from settings where id = any(${ids}::uuid[])`);
      return new Map(rows.map(([id, key]) => [id!, services.get(Settings).find(key!) !== null]));
    },
  }),
];
