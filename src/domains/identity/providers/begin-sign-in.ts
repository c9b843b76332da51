import type { GraphContext } from '#core/graph/context.js';
import { limitAttempts, type Attempt } from '../attempts/limit-attempts.js';
import { directoryName } from './directory-name.js';
import { verifyAtDirectory, type VerifiedPerson } from './verify-at-directory.js';

const mostUsername = 200;
const localSlug = 'local';

/** A sign-in that was let in, and whom a directory has verified; nobody when Signalbox verifies the password itself. */
export interface BegunSignIn {
  attempt: Attempt;
  person: VerifiedPerson | null;
}

/** Takes a try, and has a directory verify the password where one is to do that. */
export async function beginSignIn(
  { system, sourceIp }: GraphContext,
  { input }: { input: { provider?: string | null; username: string; password: string } },
): Promise<BegunSignIn> {
  const { services } = system;
  const name = input.username.slice(0, mostUsername);
  const counted = isAtDirectory(input.provider) ? { name, key: directoryName(input.provider, name) } : { name };
  const attempt = await limitAttempts({ services, sourceIp }, 'login', counted);
  return { attempt, person: await verifyAtDirectory(system, input) };
}

const isAtDirectory = (provider: string | null | undefined): provider is string => provider != null && provider !== localSlug;
