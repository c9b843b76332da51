import { sql } from '#core/database/sql.js';
import { derived } from '#core/graph/derived.js';
import type { Operation } from '#core/jobs/operations.js';
import { toolkitManifest } from './manifest.js';
import { operationValue } from './operation.js';
import { toolkitOperations } from './toolkit-operations.js';
import { ToolkitStorage } from './toolkit-storage.js';
import { Toolkit } from './toolkit.entity.js';

const byName = (one: Operation, other: Operation): number => (one.name < other.name ? -1 : 1);

const shown = ({ concurrency, ...operation }: Operation): object => ({
  ...operation,
  concurrency: concurrency?.limit ?? null,
  concurrencyKey: concurrency?.key ?? null,
});

/** What is looked up for toolkits. */
export const toolkitDerived = [
  derived({
    of: Toolkit,
    name: 'operations',
    kind: operationValue,
    list: true,
    size: 10,
    description: 'What it offers, by name, as its manifest was last in order; nothing while it is disabled or not loaded',
    async load(reader, ids, _args, services) {
      const { logBytes } = services.get(ToolkitStorage);
      const rows = await reader.rows(
        sql`select id, case when is_enabled and is_loaded then manifest end from toolkits where id = any(${ids}::uuid[])`,
      );
      return new Map(
        rows.map(([id, text]) => {
          const manifest = text === null || text === undefined ? null : toolkitManifest.safeParse(JSON.parse(text)).data;
          const operations = manifest ? toolkitOperations(manifest, { folder: '', toolkitId: id!, code: null, logBytes }) : [];
          return [id!, operations.sort(byName).map(shown)];
        }),
      );
    },
  }),
];
