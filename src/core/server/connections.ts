import { AppError } from '#core/errors/app-error.js';
import { Refusals } from '#core/feed/refusals.js';
import type { Services } from '#core/feed/services.js';
import { connectionsPerAddress, connectionsPerUser } from '#core/graph/limit.settings.js';
import { Settings } from '#core/settings/settings.js';

const retryAfterMs = 10_000;

/** Counts the sockets and event streams that are open from each address and of each user, and bounds them. */
export class Connections {
  readonly #open = new Map<string, number>();

  constructor(readonly services: Services) {}

  /** Counts one more from an address until the returned function is called; throws `RATE_LIMITED` when there are too many. */
  fromAddress(address: string | null): () => void {
    return this.#count(
      `address ${address}`,
      this.services.get(Settings).value(connectionsPerAddress),
      'Too many connections from this address',
    );
  }

  /** Counts one more of a user, if there is one, in the same way. */
  ofUser(userId: string | null): () => void {
    if (userId === null) return () => {};
    return this.#count(`user ${userId}`, this.services.get(Settings).value(connectionsPerUser), 'Too many connections of this user');
  }

  #count(key: string, most: number, message: string): () => void {
    const open = this.#open.get(key) ?? 0;
    if (open >= most) {
      this.services.get(Refusals).count('connections');
      throw new AppError('RATE_LIMITED', `${message}: ${most} may be open at a time`, { retryAfterMs });
    }
    this.#open.set(key, open + 1);
    let isCounted = true;
    return () => {
      if (!isCounted) return;
      isCounted = false;
      const left = this.#open.get(key)! - 1;
      if (left > 0) this.#open.set(key, left);
      else this.#open.delete(key);
    };
  }
}
