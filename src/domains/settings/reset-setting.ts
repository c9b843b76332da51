import type { WriteContext } from '#core/feed/write.js';
import { changeSetting } from './change-setting.js';
import { findSetting } from './find-setting.js';
import type { Setting } from './setting.entity.js';

/** Takes back what was set, so that the default holds again, on every node; also of one that nothing uses any more, whose secret is gone then. */
export async function resetSetting(context: WriteContext, which: { key: string; expectedRevision: number }): Promise<Setting> {
  const { setting, declaration } = await findSetting(context, which);
  const initial = declaration ? declaration.default : setting.defaultValue;
  setting.value = setting.isEncrypted ? null : (initial ?? null);
  setting.sealedValue = null;
  setting.isDefault = true;
  setting.hasValue = initial != null;
  changeSetting(context, setting, 'settings.setting.reset', null);
  return setting;
}
