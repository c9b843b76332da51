import { parseArgs } from 'node:util';

/** How a chaos run goes. */
export interface ChaosOptions {
  /** How long faults strike; what was begun is awaited after that. */
  minutes: number;
  seed: number;
  /** Run the product with REDIS_URL, on a Redis server of this run. */
  redis: boolean;
  /** Let some of the subscribers use server-sent events. */
  sse: boolean;
}

/** Reads the options of the command line; throws when one is wrong. */
export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, redis: { type: 'boolean' }, sse: { type: 'boolean' } },
  });
  const minutes = Number(values.minutes ?? 5);
  const seed = Number(values.seed ?? aSeed());
  if (!(minutes > 0)) throw new Error('--minutes takes a positive number');
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error('--seed takes a whole number');
  return { minutes, seed, redis: values.redis ?? false, sse: values.sse ?? false };
}

/** A seed for a run that was given none. */
export const aSeed = (): number => Math.floor(Math.random() * 1_000_000);
