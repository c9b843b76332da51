import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sql } from '../../support/probe.js';

/** All rows of all tables of a database but the migrator's, each as text, in an order of their own. */
export async function rowsOf(sql: Sql): Promise<Record<string, string[]>> {
  await sql(`set timezone = 'UTC'`);
  const tables = await sql<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'migrations' order by 1`,
  );
  const rows: Record<string, string[]> = {};
  for (const { name } of tables)
    rows[name] = (await sql<{ row: string }>(`select t::text as row from "${name}" t order by t::text collate "C"`)).map(({ row }) => row);
  return rows;
}

/** Tables, columns, keys, indexes, triggers and sequences of a database, as text. */
export async function structureOf(sql: Sql): Promise<string[]> {
  const rows = await sql<{ line: string }>(`
    select line from (
      select 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || coalesce(' ' || pg_get_expr(d.adbin, d.adrelid), '') as line
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'i', 'S')
      union all select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || ' ' || convalidated from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
      union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
      union all select 'trigger ' || pg_get_triggerdef(t.oid) || ' ' || tgenabled::text from pg_trigger t join pg_class c on c.oid = tgrelid where not tgisinternal and c.relnamespace = 'public'::regnamespace
    ) lines order by line collate "C"`);
  return rows.map(({ line }) => line);
}

/** The files below some folders of a data folder: their paths, and the SHA-256 of what they hold. */
export async function filesOf(dataDir: string, ...folders: string[]): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const folder of folders)
    for (const entry of await readdir(join(dataDir, folder), { recursive: true, withFileTypes: true }).catch(() => []))
      if (entry.isFile()) {
        const path = join(entry.parentPath, entry.name);
        files[path.slice(dataDir.length + 1)] = createHash('sha256')
          .update(await readFile(path))
          .digest('hex');
      }
  return files;
}
