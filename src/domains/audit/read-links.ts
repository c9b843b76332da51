import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql, type Sql } from '#core/database/sql.js';
import { contentOfChange, type ChangeRow } from '#core/feed/sealed-content.js';
import { chainStart, entryDigest, type SealContent } from '#core/feed/digests.js';

/** A link as it is stored, with its entry: null when that is gone. */
export interface StoredLink extends SealContent {
  readonly digest: string;
  /** The digest before it; null when that link is missing. */
  readonly previous: string | null;
  readonly entry: { readonly content: Record<string, unknown>; readonly digest: string; readonly position: number } | null;
  /** When it was read, by the clock of the database: entries are deleted by that one, also while a chain is read. */
  readonly readAt: Date;
}

/** Which links to read: those after a number, at most `limit`, of entries (aliased `t`) for which `among` holds. */
export interface LinkRange {
  readonly after: number;
  readonly limit: number;
  readonly through?: number;
  readonly among?: Sql;
}

interface LinkRow {
  number: string;
  position: string;
  entry_id: string;
  entry_digest: string;
  expires_at: Date | string;
  digest: string;
  previous: string | null;
  entry: ChangeRow | null;
  read_at: Date | string;
}

/** Reads links in the order of the chain. */
export async function readLinks(em: EntityManager, { after, limit, through, among }: LinkRange): Promise<StoredLink[]> {
  const rows = await executeSql<LinkRow>(
    em,
    sql`select s.number, s.position, s.entry_id, s.entry_digest, s.expires_at, s.digest, to_jsonb(t) as entry, clock_timestamp() as read_at,
        case when s.number = 1 then ${chainStart} else (select p.digest from audit_seals p where p.number = s.number - 1 limit 1) end as previous
      from audit_seals s ${among ? sql.empty : sql.raw('left')} join changes t on t.id = s.entry_id
      where s.number > ${after} ${through === undefined ? sql.empty : sql`and s.number <= ${through}`} ${among ? sql`and ${among}` : sql.empty}
      order by s.number limit ${limit}`,
  );
  return rows.map(({ entry, ...row }) => ({
    number: Number(row.number),
    position: Number(row.position),
    entryId: row.entry_id,
    entryDigest: row.entry_digest,
    expiresAt: new Date(row.expires_at).toISOString(),
    digest: row.digest,
    previous: row.previous,
    entry: entry && asEntry(entry),
    readAt: new Date(row.read_at),
  }));
}

function asEntry(row: ChangeRow): StoredLink['entry'] {
  const content = contentOfChange(row);
  return { content, digest: entryDigest(content), position: Number(row.position) };
}
