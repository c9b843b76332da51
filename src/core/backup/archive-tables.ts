import type { Client } from 'pg';
import { copyTable } from './copy-table.js';
import type { TableShape } from './list-tables.js';
import type { BackedUpTable } from './manifest.js';
import { tarEntry } from './write-tar.js';

const partBytes = 1024 ** 2;

/** The name of a part of a table in the archive. */
export const partName = (table: string, part: number): string => `tables/${table}/${String(part).padStart(8, '0')}`;

/** The table that a name in the archive is a part of, or null. */
export const tableOfPart = (name: string): string | null => /^tables\/([^/]+)\/\d{8}$/.exec(name)?.[1] ?? null;

/** Puts a table into the archive, in parts because nobody knows its size before it has been read. */
export async function* archiveTable(client: Client, shape: TableShape): AsyncGenerator<Buffer, BackedUpTable> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let parts = 0;
  const copy = copyTable(client, shape);
  for (;;) {
    const { done, value } = await copy.next();
    if (!done) {
      pending.push(value);
      pendingBytes += value.length;
    }
    if (pendingBytes >= partBytes || (done && pendingBytes > 0)) {
      yield* tarEntry(partName(shape.name, ++parts), pendingBytes, pending);
      pending = [];
      pendingBytes = 0;
    }
    if (done) return { name: shape.name, columns: shape.columns, ...value };
  }
}
