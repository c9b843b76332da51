import { Setting } from '#domains/settings/setting.entity.js';
import type { Command } from '../console/command.js';
import { openInstallation } from '../console/installation.js';
import { shownValue } from '../console/shown-value.js';
import { table } from '../console/table.js';

/** Lists the settings. */
export const listSettings: Command = {
  name: 'setting list',
  summary: 'Lists what can be set while everything runs; secrets are never shown',
  async run(call) {
    const database = await openInstallation(call);
    const settings = await database.fork().find(Setting, {}, { orderBy: { key: 'asc' } });
    const rows = settings.map((setting) => [
      setting.key,
      shownValue(setting),
      setting.isDefault ? 'default' : `set by ${setting.updatedByName}`,
      setting.description,
    ]);
    const values = settings.map(({ key, description, value, isEncrypted, isDefault, hasValue, updatedByName }) => ({
      key,
      description,
      value,
      isEncrypted,
      isDefault,
      hasValue,
      updatedByName,
    }));
    call.answer(values, table(['key', 'value', 'from', 'what it does'], rows));
  },
};
