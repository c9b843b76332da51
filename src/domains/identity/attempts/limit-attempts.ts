import { isIPv6 } from 'node:net';
import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import { Denied } from '#core/feed/denied.js';
import { Refusals } from '#core/feed/refusals.js';
import type { WriteContext } from '#core/feed/write.js';
import { Settings } from '#core/settings/settings.js';
import { triesPerAddress, triesPerName } from './attempt.settings.js';
import { Attempts, forgotten, givenBack, type AttemptKey } from './attempts.js';

/** A try that was taken: whoever succeeds says so. */
export interface Attempt {
  /** The tries under the name are forgotten, and the one from the address does not count; both commit with the caller's transaction. */
  succeeded(em: EntityManager): Promise<void>;
}

/** Under which name something is tried, and what it is counted as where several names are the same. */
export interface Named {
  name: string;
  key?: string;
}

/**
 * Takes one try of something that can be guessed, under a name (none when there is none) and from the caller's address, before anything
 * is checked. Refuses with `RATE_LIMITED` when it comes too early; of these only the first in a row is recorded.
 */
export async function limitAttempts(
  { services, sourceIp }: Pick<WriteContext, 'services' | 'sourceIp'>,
  kind: string,
  who: Named | null,
): Promise<Attempt> {
  const settings = services.get(Settings);
  const attempts = services.get(Attempts);
  const keys: AttemptKey[] = [];
  if (who) keys.push({ kind, by: 'name', value: who.key ?? who.name, free: settings.value(triesPerName) });
  if (sourceIp !== null) keys.push({ kind, by: 'address', value: networkOf(sourceIp), free: settings.value(triesPerAddress) });
  for (const [i, key] of keys.entries()) {
    const tooEarly = await attempts.take(key);
    if (!tooEarly) continue;
    await attempts.giveBack(keys.slice(0, i));
    services.get(Refusals).count('attempts');
    const { retryAfterMs, isFirst } = tooEarly;
    const message = `Too many failed attempts: try again in ${Math.ceil(retryAfterMs / 1000)} s`;
    if (!isFirst) throw new AppError('RATE_LIMITED', message, { retryAfterMs });
    const by = { id: null, name: who?.name ?? kind };
    throw new Denied('RATE_LIMITED', message, { action: `${kind}_limited`, by, outcome: 'DENIED' }, { retryAfterMs });
  }
  return {
    succeeded: async (em) => {
      for (const key of keys) await executeSql(em, key.by === 'name' ? forgotten(key) : givenBack(key));
    },
  };
}

// Whoever has an IPv6 address has 2^64 of them.
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail] = address.split('::') as [string, string?];
  const before = head.split(':').filter(Boolean);
  const after = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: Math.max(8 - before.length - after.length, 0) }, () => '0');
  return `${[...before, ...(tail === undefined ? [] : zeros), ...after].slice(0, 4).join(':')}::/64`;
}
