import { blockBytes, padding, tarHeader } from './tar-header.js';

/** What ends an archive. */
export const tarEnd = Buffer.alloc(2 * blockBytes);

/** The bytes of a file in an archive, as those of its content come. */
export async function* tarEntry(name: string, size: number, content: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield tarHeader(name, size);
  let written = 0;
  for await (const chunk of content) {
    written += chunk.length;
    yield chunk;
  }
  if (written !== size) throw new Error(`${name} has ${written} bytes instead of ${size}`);
  yield Buffer.alloc(padding(size));
}
