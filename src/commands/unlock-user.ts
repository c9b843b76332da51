import { activateUser } from '#domains/identity/index.js';
import type { Command } from '../console/command.js';
import { findUserId } from '../console/find-user-id.js';
import { openInstallation, openWriting, writeHere } from '../console/installation.js';

/** Lets a deactivated user in again. */
export const unlockUser: Command = {
  name: 'user unlock',
  summary: 'Lets a user who was deactivated sign in again, by the password of before',
  operands: ['NAME'],
  async run(call) {
    const username = call.operands.NAME!;
    const database = await openInstallation(call);
    const id = await findUserId(database, username);
    const system = await openWriting(call, database);
    await writeHere(system, (context) => activateUser(context, id));
    call.answer({ id, username }, `${username} can sign in again.`);
  },
};
