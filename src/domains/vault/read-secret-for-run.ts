import type { WriteSystem } from '#core/feed/write.js';
import { readSecret, type SecretReader } from './read-secret.js';

/** Which secret a run of a tool reads, and on whose behalf it runs. */
export interface RunSecretRequest {
  serverId: string;
  name: string;
  /** Whoever runs the tool: an actor with its rights (a program's are those of its token), or a user, whose rights are looked up. */
  by: SecretReader;
  toolId?: string | null;
  executionId?: string | null;
  ipAddress?: string | null;
  userAgent?: string | null;
}

/**
 * Reads a secret of a server for a run of one of its tools; null when it is missing, a placeholder, inactive or expired, or when whoever runs
 * it lacks the permission that it asks for. Each try is noted.
 */
export const readSecretForRun = (system: WriteSystem, request: RunSecretRequest): Promise<string | null> => readSecret(system, request);
