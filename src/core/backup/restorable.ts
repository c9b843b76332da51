import { BackupError, damaged } from './backup-error.js';
import { keyName, type BackupManifest } from './manifest.js';
import { missingKeys } from './needed-keys.js';
import { keyIds, presentKeys, tellOfKeys, type KeyPlaces } from './present-keys.js';

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
 * Throws when a key that the secrets of a backup need would not be there after restoring it; returns the ids of those without which only
 * some of them could not be read, such as retired ones.
 */
export function requireKeys({ keys, neededKeys }: BackupManifest, places: KeyPlaces): string[] {
  const present = presentKeys(places);
  const ids = present?.ids ?? [...(keys?.isIncluded ? keys.ids : []), ...keyIds(places.retired)];
  // A backup of old says which keys were there, the current one first.
  const needed = neededKeys ?? keys?.ids.map((id, at) => ({ id, isRequired: at === 0 })) ?? [];
  const { essential, other } = missingKeys(needed, ids);
  if (essential.length === 0) return other;
  const need = `The secrets of the backup need the key ${essential.join(' and ')}`;
  throw new BackupError(
    present
      ? `${need}, but ${tellOfKeys(present, places.dataDir)}. Nothing was changed.`
      : `${need}, which is not in it. Set ENCRYPTION_KEY to it, or put its file ${keyName} into ${places.dataDir}. Nothing was changed.`,
  );
}
