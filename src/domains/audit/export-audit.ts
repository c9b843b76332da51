import type { Sql } from '#core/database/sql.js';
import type { Database } from '#core/database/open-database.js';
import type { AuditCheckpoint } from './audit-checkpoint.entity.js';
import { checkpointsUpTo } from './read-checkpoints.js';
import { readLinks } from './read-links.js';

// An entry may hold a megabyte of JSON, which takes many times as much in memory.
const batch = 100;

/** The name and version of the format, as the first line of an export states it. */
export const exportFormat = 'signalbox-audit-1';

/** What to export: links after a number, up to that of a checkpoint that was signed just now. */
export interface AuditExport {
  readonly after: number;
  readonly through: Pick<AuditCheckpoint, 'number'>;
  /** Which entries; all links, also those of entries that are gone, when it is left out. */
  readonly filter?: { readonly asked: unknown; readonly condition: Sql };
  /** Called before each batch; throws when the export may not go on. */
  readonly beforeBatch?: () => Promise<void>;
}

/**
 * The audit trail as lines of JSON: a header, links with their entries in the order of the chain, checkpoints behind the links that they
 * sign, and an end that says that nothing was cut off.
 */
export async function* exportAudit(database: Database, { after, through, filter, beforeBatch }: AuditExport): AsyncGenerator<string> {
  const em = database.fork();
  const exportedAt = new Date().toISOString();
  yield line({ type: 'header', format: exportFormat, exportedAt, filter: filter?.asked ?? null, after, through: through.number });
  let last = after;
  let count = 0;
  for (let isOver = false; !isOver;) {
    await beforeBatch?.();
    const links = await readLinks(em, { after: last, through: through.number, limit: batch, ...(filter && { among: filter.condition }) });
    isOver = links.length < batch;
    const end = isOver ? through.number : links.at(-1)!.number;
    const checkpoints = filter ? new Map() : Map.groupBy(await checkpointsUpTo(em, last, end), ({ number }) => number);
    for (const { entry, ...link } of links) {
      yield line({ type: 'link', ...link, entry: entry?.content ?? null });
      for (const checkpoint of checkpoints.get(link.number) ?? []) yield line({ type: 'checkpoint', ...checkpoint });
    }
    count += links.length;
    last = end;
  }
  yield line({ type: 'end', count });
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;
