import { createHash } from 'node:crypto';
import type { Operation } from './operations.js';

/** What a run counts under for the limit of its operation: its name, and the value of the parameter that the limit is for. Null without a limit. */
export function concurrencyKey({ name, concurrency }: Operation, parameters: Readonly<Record<string, unknown>>): string | null {
  if (!concurrency) return null;
  if (concurrency.key === undefined) return name;
  // Values may be long, and a key is indexed.
  const value = JSON.stringify(parameters[concurrency.key] ?? null);
  return `${name} ${createHash('sha256').update(value).digest('base64url')}`;
}
