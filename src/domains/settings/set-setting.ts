import { storableJson } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import type { WriteContext } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { Settings } from '#core/settings/settings.js';
import { changeSetting } from './change-setting.js';
import { findSetting } from './find-setting.js';
import { sealedSettings } from './sealed-settings.js';
import type { Setting } from './setting.entity.js';

/** What a setting is to be. */
export interface SettingValue {
  key: string;
  value: unknown;
  expectedRevision: number;
}

/** Sets a setting, which takes effect on every node; a value that does not fit its schema changes nothing. */
export async function setSetting(context: WriteContext, { value, ...which }: SettingValue): Promise<Setting> {
  const { setting, declaration } = await findSetting(context, which);
  if (!declaration)
    throw new AppError('PRECONDITION_FAILED', `Nothing uses the setting ${which.key} any more: it can be reset, but not set`);
  const { key, isEncrypted } = declaration;
  const misfits = context.services.get(Settings).misfits(key, value, 'input.value');
  if (misfits.length > 0) {
    // The names of what is in a secret may tell something of it.
    const paths = isEncrypted ? ['input.value'] : misfits.map(({ path }) => path);
    const why = isEncrypted ? 'see its schema' : misfits.map(({ path, message }) => `${path} ${message}`).join('; ');
    throw badInput(`The value does not fit the setting ${key}: ${why}`, ...new Set(paths));
  }
  const stored = JSON.parse(storableJson(value)) as unknown;
  setting.value = isEncrypted ? null : stored;
  setting.sealedValue = isEncrypted ? context.services.get(KeyRing).seal(JSON.stringify(stored), sealedSettings.context(setting)) : null;
  setting.isDefault = false;
  setting.hasValue = true;
  changeSetting(context, setting, 'settings.setting.set', { key, value: stored });
  return setting;
}
