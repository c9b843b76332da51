import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { bundleMark } from '../toolkit-storage.js';
import { bundleLimits } from './bundle-limits.js';
import type { OpenBundle } from './open-bundle.js';

/**
 * Unpacks a bundle into a folder that is not there yet, and marks it with its id. What the entries say of their sizes may be a lie, so
 * the bytes that really come out are counted, and the first one too many ends it.
 */
export async function unpackBundle({ zip, files }: OpenBundle, folder: string, bundleId: string): Promise<void> {
  await mkdir(folder);
  let bytes = 0;
  for (const [path, entry] of files) {
    const to = join(folder, path);
    await mkdir(dirname(to), { recursive: true });
    let sum = 0;
    const measure = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length;
        if (bytes > bundleLimits.bytes) return done(new Error(`its files have more than ${bundleLimits.bytes} bytes`));
        sum = crc32(chunk, sum);
        done(null, chunk);
      },
    });
    await pipeline(await zip.openReadStreamPromise(entry), measure, createWriteStream(to, { flags: 'wx', flush: true }));
    if (sum !== entry.crc32) throw new Error(`the entry ${JSON.stringify(entry.fileName)} is damaged`);
  }
  await writeFile(join(folder, bundleMark), bundleId, { flag: 'wx', flush: true });
}
