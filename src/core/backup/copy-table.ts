import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { to } from 'pg-copy-streams';
import type { TableShape } from './list-tables.js';
import { columnList, quoted } from './quoted.js';

/** What a table holds, for comparison. */
export interface TableSum {
  rows: number;
  bytes: number;
  sha256: string;
}

/** Reads a table in its order, as the text of COPY; returns what it was. */
export async function* copyTable(client: Client, { name, columns, order }: TableShape): AsyncGenerator<Buffer, TableSum> {
  const stream = client.query(to(`copy (select ${columnList(columns)} from ${quoted(name)} order by ${order}) to stdout`));
  const hash = createHash('sha256');
  let rows = 0;
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    rows += linesOf(chunk);
    bytes += chunk.length;
    yield chunk;
  }
  return { rows, bytes, sha256: hash.digest('hex') };
}

/** Rows end with a newline, and those within values are escaped; what the server says of their number may come after the stream's end. */
function linesOf(chunk: Buffer): number {
  let lines = 0;
  for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
  return lines;
}
