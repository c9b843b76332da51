import type { Command } from '../console/command.js';
import { findSetting } from '../console/find-setting.js';
import { openInstallation } from '../console/installation.js';
import { shownValue } from '../console/shown-value.js';

/** Prints a setting. */
export const getSetting: Command = {
  name: 'setting get',
  summary: 'Prints the value of a setting as JSON; a secret is never shown',
  operands: ['KEY'],
  async run(call) {
    const key = call.operands.KEY!;
    const database = await openInstallation(call);
    const setting = await findSetting(database, key);
    const { value, isEncrypted, isDefault, hasValue, revision } = setting;
    call.answer({ key, value, isEncrypted, isDefault, hasValue, revision }, shownValue(setting));
  },
};
