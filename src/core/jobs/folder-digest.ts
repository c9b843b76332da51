import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * SHA-256, in hexadecimal digits, of the paths and contents of all files below a folder, but for the one of this name right in it. Links
 * count as what they lead to.
 */
export async function folderDigest(folder: string, leftOut: string): Promise<string> {
  const sum = createHash('sha256');
  for (const path of (await filesBelow(folder)).filter((each) => each !== leftOut).sort())
    sum.update(`${path}\0${await fileDigest(join(folder, path))}\n`);
  return sum.digest('hex');
}

async function filesBelow(folder: string, path = '', above: readonly string[] = []): Promise<string[]> {
  const real = await realpath(join(folder, path));
  // A link that leads back: what is there is counted already.
  if (above.includes(real)) return [];
  const found: string[] = [];
  for (const name of await readdir(real)) {
    const below = join(path, name);
    const entry = await stat(join(folder, below)).catch(() => null);
    if (entry?.isDirectory()) found.push(...(await filesBelow(folder, below, [...above, real])));
    else if (entry?.isFile()) found.push(below);
  }
  return found;
}

async function fileDigest(path: string): Promise<string> {
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(path)) sum.update(chunk as Buffer);
  return sum.digest('hex');
}
