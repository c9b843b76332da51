import { ByteReader } from './byte-reader.js';
import { blockBytes, padding, parseTarHeader } from './tar-header.js';

/** A file that was found in an archive. Its content is to be read before the next one is asked for. */
export interface TarEntry {
  name: string;
  size: number;
  content: AsyncIterable<Buffer>;
}

/** Reads the files of an archive of the kind that `tarEntry` makes; throws for any other, and for one that is cut. */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const bytes = new ByteReader(source);
  for (;;) {
    const block = await bytes.exactly(blockBytes);
    if (block.every((byte) => byte === 0)) break;
    const { name, size } = parseTarHeader(block);
    const content = bytes.through(size);
    yield { name, size, content };
    // What nobody read.
    for await (const _ of content);
    await bytes.exactly(padding(size));
  }
  await bytes.exactly(blockBytes);
  if ((await bytes.atMost(1)).length > 0) throw new Error('there is something behind its end');
}
