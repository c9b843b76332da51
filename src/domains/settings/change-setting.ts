import { ref } from '@mikro-orm/core';
import type { WriteContext } from '#core/feed/write.js';
import { Settings } from '#core/settings/settings.js';
import { settingsStream } from '#core/settings/settings-stream.js';
import type { StoredSetting } from '#core/settings/stored-setting.js';
import { User } from '#domains/identity/users/user.entity.js';
import type { Setting } from './setting.entity.js';

/** Writes down who changed a setting, and has every node know of it after the commit: this one at once, the others by the bell. */
export function changeSetting(context: WriteContext, setting: Setting, action: string, stored: StoredSetting | null): void {
  const { em, actor, services } = context;
  setting.updatedBy = actor.id === null ? null : ref(em.getReference(User, actor.id));
  setting.updatedByName = actor.name;
  const settings = services.get(Settings);
  context.record(action, setting, { severity: settings.find(setting.key)?.severity ?? 'MEDIUM' });
  context.touch(settingsStream);
  context.afterCommit(() => settings.apply(setting.key, stored));
}
