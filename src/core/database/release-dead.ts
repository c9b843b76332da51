import type { Pool, PoolClient } from 'pg';

/**
 * Gives connections that die while they are in use back to their pool. Kysely 0.29 does so only after a rollback that succeeded, which
 * a dead connection never does: each one would keep its place in the pool, until none is left and everybody waits for ever.
 */
export function releaseDead(pool: Pool): void {
  const watched = new WeakMap<PoolClient, () => void>();
  pool.on('acquire', (client) => {
    const giveBack = (): void => {
      const release = client.release;
      // Whoever uses the connection may still do so later.
      client.release = () => {};
      release(true);
    };
    watched.set(client, giveBack);
    client.once('end', giveBack);
  });
  pool.on('release', (_error, client) => {
    const giveBack = watched.get(client);
    if (giveBack) client.off('end', giveBack);
  });
}
