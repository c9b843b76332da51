import type { Client } from 'pg';

/** A table as it is backed up: its columns, and the SQL of an order that is the same in every database. */
export interface TableShape {
  name: string;
  columns: string[];
  order: string;
}

/** The table in which the migrator notes what it has done; it writes that itself. */
export const migrationsTable = 'migrations';

/**
 * The tables of the schema with the columns that are stored, except the migrator's and those of extensions. They are ordered by
 * their key, texts by code point whatever the database's own collation is.
 */
export async function listTables(client: Client): Promise<TableShape[]> {
  const { rows } = await client.query<TableShape>(
    `select c.relname as name,
      array(select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns,
      coalesce((select string_agg(quote_ident(a.attname) || case when a.attcollation <> 0 then ' collate "C"' else '' end, ', ' order by k.place)
        from pg_index i cross join lateral unnest(i.indkey::int2[]) with ordinality k(attnum, place)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
        where i.indrelid = c.oid and i.indisprimary), quote_ident(c.relname) || '::text collate "C"') as "order"
    from pg_class c
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname <> $1
      and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by c.relname collate "C"`,
    [migrationsTable],
  );
  return rows;
}
