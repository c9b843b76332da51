import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { restoreTable } from '#core/database/fitness.js';
import { tableOfPart } from './archive-tables.js';
import { BackupError } from './backup-error.js';
import { copyTable } from './copy-table.js';
import { listTables, type TableShape } from './list-tables.js';
import type { BackedUpFile, BackupManifest } from './manifest.js';
import { columnList, quoted } from './quoted.js';
import { readBackup } from './read-backup.js';
import { setSequences } from './sequences.js';
import { suspendRules } from './suspend-rules.js';
import { TableLoader } from './table-loader.js';

/**
 * Fills the tables that the migrations of the backup have made, and the data folder, and compares the tables with the manifest; all that
 * is done to the database is one transaction. Returns the tables of the backup that are none of Signalbox's and were left out.
 */
export async function loadBackup(client: Client, file: string, dataDir: string, manifest: BackupManifest): Promise<string[]> {
  const shapes = new Map((await listTables(client)).filter(({ name }) => name !== restoreTable).map((shape) => [shape.name, shape]));
  const tables = new Map(manifest.tables.filter(({ name }) => shapes.has(name)).map((table) => [table.name, table]));
  const files = new Map(manifest.files.map((each) => [each.path, each]));
  await client.query('begin');
  const resumeRules = await suspendRules(client);
  // Migrations put rows into their tables too.
  await client.query(`truncate ${[...tables.keys()].map(quoted).join(', ')}`);
  const loader = new TableLoader(client, tables);
  for await (const { name, content } of readBackup(file)) {
    const table = tableOfPart(name);
    if (table !== null && tables.has(table)) await loader.add(table, content);
    else if (files.has(name)) await writeFile(dataDir, files.get(name)!, content);
  }
  await loader.complete();
  for (const table of tables.values()) await compare(client, shapes.get(table.name)!, table);
  await setSequences(client, manifest.sequences);
  await resumeRules();
  await client.query('commit');
  await client.query(`analyze ${[...tables.keys()].map(quoted).join(', ')}`);
  return manifest.tables.map(({ name }) => name).filter((name) => !tables.has(name));
}

async function writeFile(dataDir: string, { path, sha256 }: BackedUpFile, content: AsyncIterable<Buffer>): Promise<void> {
  const target = join(dataDir, path);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const hash = createHash('sha256');
  const hashed = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of content) {
      hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(hashed, createWriteStream(target, { mode: 0o600, flush: true }));
  if (hash.digest('hex') !== sha256) throw new BackupError(`${path} changed while it was being restored`);
}

async function compare(client: Client, shape: TableShape, { columns, rows, sha256 }: BackupManifest['tables'][number]): Promise<void> {
  if (columnList([...columns].sort()) !== columnList([...shape.columns].sort()))
    throw new BackupError(`The table ${shape.name} of the backup has other columns than its migrations make`);
  const copy = copyTable(client, { ...shape, columns });
  let step = await copy.next();
  while (!step.done) step = await copy.next();
  if (step.value.rows !== rows || step.value.sha256 !== sha256)
    throw new BackupError(`The table ${shape.name} is not the same as in the backup after loading it`);
}
