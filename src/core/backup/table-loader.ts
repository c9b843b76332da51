import { finished } from 'node:stream/promises';
import type { Client } from 'pg';
import { from, type CopyStreamQuery } from 'pg-copy-streams';
import type { BackedUpTable } from './manifest.js';
import { columnList, quoted } from './quoted.js';

/** Fills tables, one after the other, with the text of COPY as it comes. */
export class TableLoader {
  #open: { table: string; stream: CopyStreamQuery; done: Promise<void> } | null = null;

  constructor(
    readonly client: Client,
    readonly tables: ReadonlyMap<string, BackedUpTable>,
  ) {}

  /** Adds text to a table; the one before is complete then. */
  async add(table: string, chunks: AsyncIterable<Buffer>): Promise<void> {
    if (this.#open?.table !== table) {
      await this.complete();
      this.#open = this.#begin(table);
    }
    const { stream, done } = this.#open!;
    for await (const chunk of chunks) {
      const written = new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
      // Whatever goes wrong, `done` says why.
      await Promise.race([written, done]);
    }
  }

  /** Ends the table that is being filled. */
  async complete(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    if (!open) return;
    open.stream.end();
    await open.done;
  }

  #begin(table: string): { table: string; stream: CopyStreamQuery; done: Promise<void> } {
    const { columns } = this.tables.get(table)!;
    const stream = this.client.query(from(`copy ${quoted(table)} (${columnList(columns)}) from stdin`));
    const done = finished(stream);
    done.catch(() => {});
    return { table, stream, done };
  }
}
