import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'pg';

// Any fixed number will do, as long as nothing else in the database `postgres` takes the same advisory lock.
const LOCK_KEY = '5283746190112';

/** How to reach a server on the local machine as its superuser. */
export interface Access {
  port: number;
  password: string;
}

/** The advisory lock by which the owner of a server is known, held on a connection of its own. */
export interface OwnerLock {
  release(): Promise<void>;
}

/** Tries for up to `patienceMs` to take the owner lock of a running server; undefined when somebody else keeps it. */
export async function takeOwnerLock(access: Access, patienceMs: number): Promise<Client | undefined> {
  const client = new Client({
    host: '127.0.0.1',
    port: access.port,
    user: 'postgres',
    password: access.password,
    database: 'postgres',
    application_name: 'signalbox-owner',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    ssl: false,
  });
  // Without a listener a broken connection would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [LOCK_KEY]);
      if (rows[0]?.taken) return client;
      if (Date.now() >= deadline) break;
      await wait(100);
    }
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  await client.end();
  return undefined;
}

/** Keeps the owner lock taken with `client`: after a crash of a server process, which ends all connections, it is taken anew. */
export function keepOwnerLock(client: Client, access: Access): OwnerLock {
  let current = client;
  let isReleased = false;
  const retake = async (): Promise<void> => {
    while (!isReleased) {
      const next = await takeOwnerLock(access, 0).catch(() => undefined);
      if (next) return hold(next);
      await wait(250, undefined, { ref: false });
    }
  };
  const hold = (next: Client): void => {
    current = next;
    if (isReleased) void next.end().catch(() => undefined);
    else next.once('end', () => void retake());
  };
  hold(client);
  return {
    release: async () => {
      isReleased = true;
      await current.end().catch(() => undefined);
    },
  };
}
