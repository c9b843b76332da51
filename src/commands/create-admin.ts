import { createUser } from '#domains/identity/index.js';
import type { Command } from '../console/command.js';
import { openInstallation, openWriting, writeHere } from '../console/installation.js';
import { linkAddress, linkAdvice, passwordOption, readPassword } from '../console/password-option.js';

/** Creates a superuser. */
export const createAdmin: Command = {
  name: 'user create-admin',
  summary: 'Creates a superuser, and prints a link that signs in once',
  operands: ['NAME'],
  options: passwordOption,
  async run(call) {
    const username = call.operands.NAME!;
    const password = await readPassword(call);
    const system = await openWriting(call, await openInstallation(call));
    const { user, link } = await writeHere(system, (context) =>
      createUser(context, { username, password, isSuperuser: true, roles: ['admin'] }),
    );
    const address = link && linkAddress(call, link.path);
    call.answer(
      { id: user.id, username, link: address },
      address
        ? `${username} was created. This link signs in once, within a day:\n\n  ${address}\n${linkAdvice(call)}`
        : `${username} was created.`,
    );
  },
};
