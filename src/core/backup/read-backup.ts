import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { readTar, type TarEntry } from './read-tar.js';

/** Reads the files in a backup. */
export async function* readBackup(file: string): AsyncGenerator<TarEntry> {
  const source = createReadStream(file, { highWaterMark: 256 * 1024 });
  const unpacked = createGunzip({ chunkSize: 256 * 1024 });
  source.on('error', (error) => unpacked.destroy(error));
  source.pipe(unpacked);
  try {
    yield* readTar(unpacked);
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}
