import { resetUserTotp } from '#domains/identity/index.js';
import type { Command } from '../console/command.js';
import { findUserId } from '../console/find-user-id.js';
import { openInstallation, openWriting, writeHere } from '../console/installation.js';

/** Ends the second factor of a user who has lost it. */
export const disableTotp: Command = {
  name: 'user disable-totp',
  summary: 'Ends the second factor of a user who has lost it: the password is enough again',
  operands: ['NAME'],
  async run(call) {
    const username = call.operands.NAME!;
    const database = await openInstallation(call);
    const id = await findUserId(database, username);
    const system = await openWriting(call, database);
    await writeHere(system, (context) => resetUserTotp(context, id));
    call.answer({ id, username }, `${username} has no second factor any more.`);
  },
};
