import { resetUserPassword } from '#domains/identity/index.js';
import type { Command } from '../console/command.js';
import { findUserId } from '../console/find-user-id.js';
import { openInstallation, openWriting, writeHere } from '../console/installation.js';
import { linkAddress, linkAdvice, passwordOption, readPassword } from '../console/password-option.js';

/** Gives a user a new password, or a link. */
export const resetPassword: Command = {
  name: 'user reset-password',
  summary: 'Takes the password of a user away and prints a link that signs in once, or sets a new one',
  details: 'Every session of the user ends, on all running processes.',
  operands: ['NAME'],
  options: passwordOption,
  async run(call) {
    const username = call.operands.NAME!;
    const newPassword = await readPassword(call);
    const database = await openInstallation(call);
    const id = await findUserId(database, username);
    const system = await openWriting(call, database);
    const { link } = await writeHere(system, (context) => resetUserPassword(context, { id, newPassword }));
    const address = link && linkAddress(call, link.path);
    call.answer(
      { id, username, link: address },
      address
        ? `${username} has no password now. This link signs in once, within a day:\n\n  ${address}\n${linkAdvice(call)}`
        : `${username} has a new password.`,
    );
  },
};
