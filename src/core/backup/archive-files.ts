import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import type { BackedUpFile } from './manifest.js';
import { quoted } from './quoted.js';
import { pathIn, type StoredFiles } from './stored-files.js';
import { tarEntry } from './write-tar.js';

const batch = 1_000;

/** The paths of the files that the rows of the snapshot name. */
export async function* listFiles(client: Client, stored: readonly StoredFiles[]): AsyncGenerator<string> {
  for (const each of stored) {
    await client.query(`declare files cursor for select ${pathIn(each)} as path from ${quoted(each.table)} order by 1`);
    for (;;) {
      const { rows } = await client.query<{ path: string }>(`fetch ${batch} from files`);
      for (const row of rows) yield row.path;
      if (rows.length < batch) break;
    }
    await client.query('close files');
  }
}

/** Puts a file of the data folder into the archive; null when it is not there. */
export async function* archiveFile(dataDir: string, path: string): AsyncGenerator<Buffer, BackedUpFile | null> {
  const file = await open(join(dataDir, path)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!file) return null;
  try {
    // An open file stays whole when it is deleted meanwhile.
    const { size } = await file.stat();
    const hash = createHash('sha256');
    const content = async function* (): AsyncGenerator<Buffer> {
      if (size === 0) return;
      for await (const chunk of file.createReadStream({
        autoClose: false,
        end: size - 1,
        highWaterMark: 256 * 1024,
      }) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        yield chunk;
      }
    };
    yield* tarEntry(path, size, content());
    return { path, bytes: size, sha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}
