import { sql } from '#core/database/sql.js';
import { derived } from '#core/graph/derived.js';
import type { Reader } from '#core/graph/read/reader.js';
import type { Services } from '#core/feed/services.js';
import { DashboardContexts, type DashboardContext } from './dashboard-contexts.js';
import { ToolkitStorage } from './toolkit-storage.js';
import { Toolkit } from './toolkit.entity.js';

async function contextsOf(reader: Reader, ids: readonly string[], services: Services): Promise<Map<string, DashboardContext>> {
  const storage = services.get(ToolkitStorage);
  const rows = await reader.rows(sql`
    select id, slug, version, revision, dashboard_context_module, dashboard_context_attr from toolkits
    where id = any(${ids}::uuid[]) and is_enabled and is_loaded and dashboard_context_module is not null`);
  const loaded = rows.map(async ([id, slug, version, revision, file, loader]): Promise<[string, DashboardContext]> => {
    const source = { id: id!, slug: slug!, version: version!, revision: Number(revision), file: file!, function: loader! };
    return [id!, await services.get(DashboardContexts).load({ ...source, folder: storage.folderOf(slug!) })];
  });
  return new Map(await Promise.all(loaded));
}

/** What toolkits tell a dashboard. Both fields come of one load. */
export const dashboardDerived = [
  derived({
    of: Toolkit,
    name: 'dashboardContext',
    kind: 'json',
    nullable: true,
    cost: 50,
    description:
      'What its context loader returned within the last seconds, for the cards of a dashboard; null when it has none, is disabled or not loaded, and when it failed',
    load: async (reader, ids, _args, services) =>
      new Map([...(await contextsOf(reader, ids, services))].map(([id, { context }]) => [id, context])),
  }),
  derived({
    of: Toolkit,
    name: 'dashboardContextError',
    kind: 'string',
    nullable: true,
    cost: 50,
    description: 'Why its context loader failed; null when it did not',
    load: async (reader, ids, _args, services) =>
      new Map([...(await contextsOf(reader, ids, services))].map(([id, { error }]) => [id, error])),
  }),
];
