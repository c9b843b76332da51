import type { Call, CommandOption } from './command.js';

/** The option of commands that set a password, which is never an argument: other users of the machine can read those. */
export const passwordOption: Record<string, CommandOption> = {
  'password-stdin': { description: 'Read the password from standard input instead of making a link' },
};

/** The password that was given, or null when a link is asked for. */
export async function readPassword(call: Call): Promise<string | null> {
  return call.flags.has('password-stdin') ? call.readInput() : null;
}

/** Where a link that signs in once leads; only its path when the port of the server is not known. */
export function linkAddress({ config: { PUBLIC_URL, HOST, PORT } }: Call, path: string): string {
  if (PUBLIC_URL) return PUBLIC_URL.replace(/\/$/, '') + path;
  return PORT === 0 ? `${path} (at the address of the server)` : `http://${HOST}:${PORT}${path}`;
}

/** What to know of such a link: the command cannot see where the server listens. */
export const linkAdvice = ({ config: { PUBLIC_URL } }: Call): string =>
  PUBLIC_URL
    ? ''
    : '\nIts address is made of HOST and PORT: set them as for the server, or put the path behind the address of the server.\n';
