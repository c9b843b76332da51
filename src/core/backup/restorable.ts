import { BackupError, damaged } from './backup-error.js';
import { keyName, type BackupManifest } from './manifest.js';
import { presentKeys, type KeyPlaces } from './present-keys.js';

/** Throws when a backup was made by a version that knew migrations which this one does not. */
export function requireKnownMigrations(file: string, { migrations, version }: BackupManifest, known: readonly string[]): void {
  const unknown = migrations.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw damaged(
      file,
      `Signalbox ${version} made it, which is newer than this one (it has ${unknown.join(', ')}). Restore it with that version`,
    );
}

/** Throws when a backup would put files elsewhere than into these folders, such as into the embedded database. */
export function requireKnownFolders(file: string, { files }: BackupManifest, folders: readonly string[]): void {
  const stray = files.find(({ path }) => path !== keyName && !folders.some((folder) => path.startsWith(`${folder}/`)));
  if (stray) throw damaged(file, `it holds ${stray.path}, which is no file of Signalbox`);
}

/**
 * Throws when the current key of a backup would not be there after restoring it; returns the ids of retired ones that would not be:
 * what was not sealed anew since they were retired could not be read.
 */
export function requireKeys({ keys }: BackupManifest, places: KeyPlaces): string[] {
  if (!keys) return [];
  const present = presentKeys(places);
  const ids = present?.ids ?? (keys.isIncluded ? keys.ids : []);
  const [current] = keys.ids;
  if (ids.includes(current!)) return keys.ids.filter((id) => !ids.includes(id));
  const where = present?.isFile ? `${places.dataDir} has ${ids.join(' and ')}` : `ENCRYPTION_KEY is ${ids[0]}`;
  throw new BackupError(
    present
      ? `The secrets of the backup need the key ${current}, but ${where}. Nothing was changed.`
      : `The secrets of the backup need the key ${current}, which is not in it. Set ENCRYPTION_KEY to it, or put its file ${keyName} into ${places.dataDir}. Nothing was changed.`,
  );
}
