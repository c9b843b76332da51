import type { Client } from 'pg';
import { quoted } from './quoted.js';

interface Rule {
  table: string;
  name: string;
}

/**
 * Takes away the foreign keys of all tables and switches their triggers off, within the caller's transaction; what it returns brings
 * them back as they were, which checks every key. So tables may be filled in any order, whatever points in circles, by the owner of
 * the tables: no superuser is needed, and nothing has to be kept in memory for each row.
 */
export async function suspendRules(client: Client): Promise<() => Promise<void>> {
  const { rows: keys } = await client.query<Rule & { definition: string }>(`
    select conrelid::regclass::text as "table", conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
    where contype = 'f' and connamespace = current_schema()::regnamespace order by oid`);
  const { rows: triggers } = await client.query<Rule & { enable: string }>(`
    select tgrelid::regclass::text as "table", tgname as name, case tgenabled when 'A' then 'enable always' when 'R' then 'enable replica' else 'enable' end as enable
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not tgisinternal and tgenabled <> 'D' and c.relnamespace = current_schema()::regnamespace order by t.oid`);
  for (const { table, name } of keys) await client.query(`alter table ${table} drop constraint ${quoted(name)}`);
  for (const { table, name } of triggers) await client.query(`alter table ${table} disable trigger ${quoted(name)}`);
  return async () => {
    for (const { table, name, enable } of triggers) await client.query(`alter table ${table} ${enable} trigger ${quoted(name)}`);
    for (const { table, name, definition } of keys) await client.query(`alter table ${table} add constraint ${quoted(name)} ${definition}`);
  };
}
