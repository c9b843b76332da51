import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql, type Sql } from '#core/database/sql.js';
import type { Database } from '#core/database/open-database.js';
import type { WriteContext } from '#core/feed/write.js';
import type { AuditCheckpoint } from './audit-checkpoint.entity.js';
import { AuditKeys } from './audit-keys.js';
import { createCheckpoint } from './create-checkpoint.js';
import { exportFormat, type ExportLine } from './export-line.js';
import { checkpointsUpTo } from './read-checkpoints.js';
import { readLinks } from './read-links.js';
import { signExport } from './sign-export.js';
import type { Signer } from './sign-statement.js';

// An entry may hold a megabyte of JSON, which takes many times as much in memory.
const batch = 100;

/** Up to where an export goes, and what signs it. */
export interface ExportEnd {
  readonly through: Pick<AuditCheckpoint, 'number'>;
  readonly signer: Signer;
}

/** What to export: links after a number, up to that of a checkpoint that was signed just now. */
export interface AuditExport extends ExportEnd {
  readonly after: number;
  /** Which entries; all links, also those of entries that are gone, when it is left out. */
  readonly filter?: { readonly asked: Record<string, unknown>; readonly condition: Sql };
  /** Called before each batch; throws when the export may not go on. */
  readonly beforeBatch?: () => Promise<void>;
}

/** Signs the end of the chain, for an export up to there. */
export async function beginExport(context: WriteContext): Promise<ExportEnd> {
  const through = await createCheckpoint(context);
  return { through, signer: await context.services.get(AuditKeys).current(context.em, context.log) };
}

/**
 * The audit trail as lines of JSON: a header, links with their entries in the order of the chain, checkpoints behind the links that they
 * sign, and an end that signs all of it.
 */
export async function* exportAudit(database: Database, asked: AuditExport): AsyncGenerator<string> {
  const em = database.fork();
  const hash = createHash('sha256');
  let count = 0;
  for await (const each of linesBefore(em, asked)) {
    const text = textOf(each);
    hash.update(text);
    count += each.type === 'link' ? 1 : 0;
    yield text;
  }
  const [row] = await executeSql<{ at: Date | string }>(em, sql`select clock_timestamp() as at`);
  const claims = { digest: hash.digest('hex'), count, at: new Date(row!.at).toISOString() };
  yield textOf({ type: 'end', count, signature: await signExport(claims, asked.signer) });
}

async function* linesBefore(em: EntityManager, { after, through, filter, beforeBatch }: AuditExport): AsyncGenerator<ExportLine> {
  const exportedAt = new Date().toISOString();
  yield { type: 'header', format: exportFormat, exportedAt, filter: filter?.asked ?? null, after, through: through.number };
  let last = after;
  for (let isOver = false; !isOver;) {
    await beforeBatch?.();
    const links = await readLinks(em, { after: last, through: through.number, limit: batch, ...(filter && { among: filter.condition }) });
    isOver = links.length < batch;
    const end = isOver ? through.number : links.at(-1)!.number;
    const checkpoints = filter ? new Map() : Map.groupBy(await checkpointsUpTo(em, last, end), ({ number }) => number);
    for (const { entry, readAt: _, ...link } of links) {
      yield { type: 'link', ...link, entry: entry?.content ?? null };
      for (const checkpoint of checkpoints.get(link.number) ?? []) yield { type: 'checkpoint', ...checkpoint };
    }
    last = end;
  }
}

const textOf = (line: ExportLine): string => `${JSON.stringify(line)}\n`;
