import { linkSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Writes into its output folder what it is asked to. */
export async function leave({ parameters, files: { flag }, output: { folder }, progress, signal }) {
  const { files = {}, count = 0, folder: below, link, bytes, fails = 0, waits = false } = parameters;
  const found = readdirSync(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  for (let i = 1; i <= count; i++) writeFileSync(join(folder, `file-${i}`), '');
  if (below) mkdirSync(join(folder, below));
  if (link) linkSync(flag.path, join(folder, link));
  if (bytes !== undefined) writeFileSync(join(folder, 'large.bin'), Buffer.alloc(bytes, 7));
  await progress({ status: 'left', payload: { pid: process.pid, folder, mode: statSync(folder).mode & 0o777 } });
  while (waits && !(flag && readFileSync(flag.path, 'utf8').startsWith('go'))) await pause(50, null, { signal });
  if (fails) throw new Error('as asked');
  return { found };
}
