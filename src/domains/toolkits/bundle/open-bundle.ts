import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { bundleLimits } from './bundle-limits.js';
import { checkEntry, isFolder } from './check-entry.js';

const manifestName = 'toolkit.json';

/** A bundle whose list of entries was checked. */
export interface OpenBundle {
  zip: ZipFile;
  /** Its files by their paths below the folder of the toolkit. */
  files: ReadonlyMap<string, Entry>;
  /** The one folder that everything lies in; null when it lies at the root. */
  top: string | null;
}

/** Opens a bundle and checks all that its list of entries says; throws what speaks against it. Nothing is unpacked. */
export async function openBundle(path: string): Promise<OpenBundle> {
  const zip = await openPromise(path, { autoClose: false, lazyEntries: true, strictFileNames: true, validateEntrySizes: true });
  try {
    if (zip.entryCount > bundleLimits.entries) throw new Error(`it has more than ${bundleLimits.entries} entries`);
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) {
      if (entries.push(entry) > bundleLimits.entries) throw new Error(`it has more than ${bundleLimits.entries} entries`);
      checkEntry(entry);
    }
    checkSizes(entries);
    checkNames(entries);
    const files = entries.filter((entry) => !isFolder(entry));
    const top = topOf(files.map(({ fileName }) => fileName));
    return { zip, top, files: new Map(files.map((entry) => [entry.fileName.slice(top === null ? 0 : top.length + 1), entry])) };
  } catch (error) {
    zip.close();
    throw error;
  }
}

function checkSizes(entries: readonly Entry[]): void {
  const sum = (of: 'compressedSize' | 'uncompressedSize'): number => entries.reduce((total, entry) => total + entry[of], 0);
  const bytes = sum('uncompressedSize');
  if (bytes > bundleLimits.bytes) throw new Error(`its files have more than ${bundleLimits.bytes} bytes`);
  if (bytes > bundleLimits.smallBytes && bytes > sum('compressedSize') * bundleLimits.ratio)
    throw new Error(`its files are more than ${bundleLimits.ratio} times larger than the bundle`);
}

// Also by names that only some file systems tell apart, and a file may not be where another entry needs a folder.
function checkNames(entries: readonly Entry[]): void {
  const files = new Set<string>();
  const folders = new Set<string>();
  for (const entry of entries) {
    const parts = entry.fileName.normalize('NFKC').toLowerCase().replace(/\/$/, '').split('/');
    const path = parts.join('/');
    const above = parts.slice(0, -1).map((_, i) => parts.slice(0, i + 1).join('/'));
    const isTwice = files.has(path) || (!isFolder(entry) && folders.has(path)) || above.some((each) => files.has(each));
    if (isTwice) throw new Error(`the name ${JSON.stringify(entry.fileName)} is there twice`);
    for (const each of isFolder(entry) ? [...above, path] : above) folders.add(each);
    if (!isFolder(entry)) files.add(path);
  }
}

function topOf(paths: readonly string[]): string | null {
  if (paths.includes(manifestName)) return null;
  const top = paths[0]?.split('/')[0] ?? '';
  if (!paths.includes(`${top}/${manifestName}`) || !paths.every((path) => path.startsWith(`${top}/`)))
    throw new Error(`it has no ${manifestName}, neither at its root nor in a folder that holds everything`);
  return top;
}
