import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createClient } from '@redis/client';
import { afterAll } from 'vitest';

/** A session with Redis that looks behind the API and plays other programs. */
export type TestRedis = Awaited<ReturnType<typeof connect>>;

const given = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

const connect = (url: string) =>
  createClient({ url, RESP: 3, socket: { reconnectStrategy: false, connectTimeout: 2_000 } })
    .on('error', () => {})
    .connect();

/** The Redis of this file: the one that answers at TEST_REDIS_URL, or one of its own; null, said aloud, when there is neither. */
export async function findRedis(): Promise<{ url: string; redis: TestRedis } | null> {
  const url = (await answers(given)) ? given : await startRedis();
  if (url === null) {
    process.stdout.write(`The tests with Redis are left out: none answers at ${given}, and there is no redis-server to start\n`);
    return null;
  }
  const redis = await connect(url);
  afterAll(() => redis.destroy());
  return { url, redis };
}

async function answers(url: string): Promise<boolean> {
  const redis = await connect(url).catch(() => null);
  redis?.destroy();
  return redis !== null;
}

async function startRedis(): Promise<string | null> {
  const port = await freePort();
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    stdio: 'ignore',
  });
  const failed = once(server, 'error').then(() => true);
  const url = `redis://127.0.0.1:${port}`;
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    if (await answers(url)) {
      afterAll(() => void server.kill());
      return url;
    }
    if (await Promise.race([failed, new Promise<false>((resolve) => setTimeout(resolve, 50, false))])) return null;
  }
  server.kill();
  throw new Error('redis-server did not answer within 10 s');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Ends the connections with a name, as if the network had; returns how many there were. */
export async function killClients(redis: TestRedis, name: string): Promise<number> {
  const ids = await clientsNamed(redis, name);
  for (const id of ids) await redis.sendCommand(['CLIENT', 'KILL', 'ID', String(id)]);
  return ids.length;
}

/** The ids of the connections with a name. */
export async function clientsNamed(redis: TestRedis, name: string): Promise<number[]> {
  const list = String(await redis.sendCommand(['CLIENT', 'LIST']));
  return list
    .split('\n')
    .filter((line) => line.split(' ').includes(`name=${name}`))
    .map((line) => Number(/^id=(\d+)/.exec(line)![1]));
}
