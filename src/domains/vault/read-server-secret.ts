import type { WriteSystem } from '#core/feed/write.js';
import { system as itself } from '#core/policy/actor.js';
import { readSecret, type SecretReader } from './read-secret.js';

/**
 * Reads a secret of a server for what Signalbox does on its behalf, such as a connection to another server; null as with
 * `readSecretForRun`. Each try is noted with the purpose. Without `by` Signalbox itself reads it, whatever permission it asks for.
 */
export const readServerSecret = (
  system: WriteSystem,
  { serverId, name, purpose, by = itself }: { serverId: string; name: string; purpose: string; by?: SecretReader },
): Promise<string | null> => readSecret(system, { serverId, name, by, detail: purpose });
