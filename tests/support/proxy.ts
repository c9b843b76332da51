import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** A way to the database, or to Redis, that a test can cut, as if the server were away. */
export interface Proxy {
  /** The server's URL by way of the proxy. */
  url: string;
  /** How many connections were tried while it was cut. */
  refused: number;
  /** Ends all connections and refuses new ones. */
  cut(): void;
  restore(): void;
}

/** Passes on each byte by itself. */
async function* byteByByte(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks)
    for (const byte of chunk) {
      yield Buffer.from([byte]);
      await setImmediate();
    }
}

/**
 * Opens a way to a database or to Redis for one test; one that is cut from the start is away until it is restored. One that is
 * `isBytewise` brings the answers in the smallest pieces.
 */
export async function openProxy(serverUrl: string, { isCut = false, isBytewise = false } = {}): Promise<Proxy> {
  const target = new URL(serverUrl);
  const usualPort = target.protocol === 'redis:' ? 6379 : 5432;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    client.on('error', () => {});
    if (isCut) {
      proxy.refused += 1;
      return void client.destroy();
    }
    const upstream = connect(Number(target.port || usualPort), target.hostname);
    upstream.on('error', () => {});
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    if (isBytewise) client.setNoDelay(true);
    client.pipe(upstream);
    (isBytewise ? Readable.from(byteByByte(upstream)) : upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const end = (): void => {
    for (const socket of open) socket.destroy();
  };
  onTestFinished(() => {
    end();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const proxy: Proxy = {
    url: Object.assign(new URL(serverUrl), { host: `127.0.0.1:${port}` }).href,
    refused: 0,
    cut: () => {
      isCut = true;
      end();
    },
    restore: () => {
      isCut = false;
    },
  };
  return proxy;
}
