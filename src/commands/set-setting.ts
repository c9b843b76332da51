import { setSetting as changeSetting } from '#domains/settings/index.js';
import { Settings } from '#core/settings/settings.js';
import type { Call, Command } from '../console/command.js';
import { findSetting } from '../console/find-setting.js';
import { openInstallation, openWriting, writeHere } from '../console/installation.js';
import { requireKey } from '../console/require-key.js';
import { UsageError } from '../console/usage-error.js';

/** Sets a setting. */
export const setSetting: Command = {
  name: 'setting set',
  summary: 'Sets a setting, which takes effect on all running processes without a restart',
  details:
    'The value is JSON; what is no JSON, or does not fit the setting as JSON, is taken as a text. A secret is read from standard input only.',
  operands: ['KEY', '[VALUE]'],
  options: {
    stdin: { description: 'Read the value from standard input' },
  },
  async run(call) {
    const key = call.operands.KEY!;
    const { VALUE: given } = call.operands;
    if ((given === undefined) !== call.flags.has('stdin')) throw new UsageError('Give either VALUE or --stdin');
    const text = given ?? (await call.readInput());
    const database = await openInstallation(call);
    const { isEncrypted, revision: expectedRevision } = await findSetting(database, key);
    if (isEncrypted) requireSealing(call, key);
    const system = await openWriting(call, database);
    const value = valueFor(system.services.get(Settings), key, text);
    const { revision } = await writeHere(system, (context) => changeSetting(context, { key, value, expectedRevision }));
    call.answer({ key, revision }, `${key} is set.`);
  },
};

function requireSealing(call: Call, key: string): void {
  if (!call.flags.has('stdin')) throw new UsageError(`${key} is a secret: give it with --stdin, because arguments can be read by others`);
  requireKey(call, 'A secret');
}

function valueFor(settings: Settings, key: string, text: string): unknown {
  const fits = (value: unknown): boolean => settings.misfits(key, value, 'value').length === 0;
  const parsed = parse(text);
  return !fits(parsed) && fits(text) ? text : parsed;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
