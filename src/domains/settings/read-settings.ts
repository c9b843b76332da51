import type { Database } from '#core/database/open-database.js';
import { AppError } from '#core/errors/app-error.js';
import type { KeyRing } from '#core/secrets/key-ring.js';
import { MissingKey } from '#core/secrets/missing-key.js';
import type { StoredSetting } from '#core/settings/stored-setting.js';
import { sealedSettings } from './sealed-settings.js';
import { Setting } from './setting.entity.js';

/** Reads what people have set, secrets opened. */
export async function readSettings(database: Database, ring: KeyRing): Promise<StoredSetting[]> {
  const rows = await database.fork().find(Setting, { isDefault: false }, { orderBy: { key: 'asc' } });
  return rows.map((row) => (row.isEncrypted ? opened(row, ring) : { key: row.key, value: row.value }));
}

function opened(row: Setting, ring: KeyRing): StoredSetting {
  const { key, sealedValue } = row;
  try {
    return { key, value: JSON.parse(ring.unseal(sealedValue ?? '', sealedSettings.context(row))) as unknown };
  } catch (error) {
    const why =
      error instanceof MissingKey
        ? `is encrypted with the key ${error.keyId}, which this process does not have: add that to RETIRED_ENCRYPTION_KEYS, or set it anew`
        : 'cannot be decrypted: set it anew';
    return { key, unreadable: new AppError('PRECONDITION_FAILED', `The setting ${key} ${why}`) };
  }
}
