import type { Client } from 'pg';
import { BackupError } from './backup-error.js';
import { migrationsTable, listTables, type TableShape } from './list-tables.js';
import { quoted } from './quoted.js';

/** What a snapshot of the database has in it, beside the rows. */
export interface Snapshot {
  database: { name: string; server: string };
  migrations: string[];
  tables: TableShape[];
}

/**
 * Begins a transaction that sees one state of the database until its end. It blocks no writer, only changes of the tables themselves,
 * such as migrations make: those wait for its end.
 */
export async function beginSnapshot(client: Client): Promise<Snapshot> {
  const { rows } = await client.query(`select from pg_class where oid = to_regclass('${migrationsTable}')`);
  if (rows.length === 0) throw new BackupError('There is nothing of Signalbox in this database');
  for (let tries = 1; ; tries++) {
    const names = (await listTables(client)).map(({ name }) => name);
    await client.query('begin isolation level repeatable read, read only');
    // Before the first look at anything, which is when the snapshot is taken.
    await client.query(`lock table ${[...names, migrationsTable].map(quoted).join(', ')} in access share mode`);
    const tables = await listTables(client);
    if (tables.map(({ name }) => name).join() === names.join()) return { ...(await describe(client)), tables };
    await client.query('rollback');
    if (tries === 3) throw new Error('The tables of the database are being changed; try again later');
  }
}

async function describe(client: Client): Promise<Pick<Snapshot, 'database' | 'migrations'>> {
  const {
    rows: [database],
  } = await client.query<Snapshot['database']>(`select current_database() as name, current_setting('server_version') as server`);
  const { rows } = await client.query<{ name: string }>(`select name from ${quoted(migrationsTable)} order by name collate "C"`);
  return { database: database!, migrations: rows.map(({ name }) => name) };
}
