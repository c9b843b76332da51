import { resetSetting as takeBack } from '#domains/settings/index.js';
import type { Command } from '../console/command.js';
import { findSetting } from '../console/find-setting.js';
import { openInstallation, openWriting, writeHere } from '../console/installation.js';

/** Resets a setting. */
export const resetSetting: Command = {
  name: 'setting reset',
  summary: 'Takes back what was set, so that the default of a setting holds again',
  operands: ['KEY'],
  async run(call) {
    const key = call.operands.KEY!;
    const database = await openInstallation(call);
    const { revision: expectedRevision } = await findSetting(database, key);
    const setting = await writeHere(await openWriting(call, database), (context) => takeBack(context, { key, expectedRevision }));
    call.answer({ key, value: setting.value, revision: setting.revision }, `${key} has its default again.`);
  },
};
