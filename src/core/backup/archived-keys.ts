import { BackupError } from './backup-error.js';
import type { BackupManifest } from './manifest.js';
import { missingKeys, type NeededKeys } from './needed-keys.js';
import { presentKeys, tellOfKeys, type KeyPlaces } from './present-keys.js';

/**
 * What a backup says of the keys that are here. Throws when they are not those of the database: a backup with another key, or with
 * none, would be taken for one that can be restored by itself.
 */
export function archivedKeys(needed: NeededKeys, places: KeyPlaces, isWithoutKey: boolean): BackupManifest['keys'] {
  const present = presentKeys(places);
  const { essential } = missingKeys(needed, present?.ids ?? []);
  if (essential.length > 0 && !isWithoutKey)
    throw new BackupError(
      `What the database keeps secret needs the encryption key ${essential.join(' and ')}, ` +
        `but ${present ? tellOfKeys(present, places.dataDir) : `there is no key in ${places.dataDir}`}. ` +
        'Set DATA_DIR or ENCRYPTION_KEY as for the server, or add --without-key and keep that key elsewhere.',
    );
  if (!present) return null;
  return present.ofFile && !isWithoutKey ? { ids: present.ofFile, isIncluded: true } : { ids: present.ids, isIncluded: false };
}
