import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

/** What lies in a folder, and in those below it; looks at no more than `mostEntries`, and one more. */
export async function folderSize(folder: string, mostEntries: number): Promise<{ entries: number; bytes: number }> {
  let [entries, bytes] = [0, 0];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined && entries <= mostEntries; next = folders.pop()) {
    const opened = await opendir(next).catch(() => null);
    for await (const entry of opened ?? []) {
      if ((entries += 1) > mostEntries) break;
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      // One that was removed meanwhile takes nothing.
      else bytes += (await lstat(path).catch(() => ({ size: 0 }))).size;
    }
  }
  return { entries, bytes };
}
