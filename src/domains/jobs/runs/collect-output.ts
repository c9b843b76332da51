import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { mostOutputFiles } from '#core/jobs/watch-limits.js';
import type { FileStore } from '#domains/files/index.js';
import { JobFile } from '../job-file.entity.js';
import { mediaTypeOf } from './media-type.js';

/** A file that a run left, whose content is in the store. */
export type LeftFile = Pick<JobFile, 'id' | 'name' | 'sizeBytes' | 'sha256' | 'mediaType'>;

// What no system takes for anything but the name of a file, and no header for anything but text.
// eslint-disable-next-line no-control-regex
const goodName = /^[^./\\\u0000-\u001f\u007f][^/\\\u0000-\u001f\u007f]*$/;

/** Takes what a run that is over left in its folder into the store; throws when it left anything but a few files of a bounded size. */
export async function collectOutput(store: FileStore, run: string, outputBytes: number): Promise<LeftFile[]> {
  const folder = store.runFolder(run);
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.length > mostOutputFiles) throw new Error(`The run left ${entries.length} files; it may leave ${mostOutputFiles}`);
  const files: LeftFile[] = [];
  let bytes = 0;
  for (const { name } of entries) {
    const path = join(folder, name);
    const found = await lstat(path);
    if (!found.isFile() || found.nlink !== 1)
      throw new Error(`The run left ${JSON.stringify(name)}, which is no plain file: folders and links are not kept`);
    if (!goodName.test(name) || !name.isWellFormed())
      throw new Error(`The run left a file named ${JSON.stringify(name)}: names begin with no dot and have no special characters`);
    bytes += found.size;
    if (bytes > outputBytes) throw new Error(`The run left more than ${outputBytes} bytes of files`);
    files.push({
      id: newId(declarationOf(JobFile).type),
      name,
      sizeBytes: found.size,
      sha256: await sha256Of(path),
      mediaType: mediaTypeOf(name),
    });
  }
  await store.keepRun(run, Object.fromEntries(files.map(({ name, id }) => [name, id])));
  return files;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
