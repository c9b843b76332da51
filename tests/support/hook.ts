import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

/** What a webhook was sent. */
export interface Hooked {
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A receiver of a webhook on loopback, until the file is done: it keeps what it gets, and the first it redirects when told so. */
export async function startHook({ redirectsFirst = false } = {}): Promise<{ address: string; got: Hooked[] }> {
  const got: Hooked[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      got.push({ url: request.url!, headers: request.headers, body });
      if (redirectsFirst && got.length === 1) response.writeHead(302, { location: '/elsewhere' }).end();
      else response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  afterAll(() => new Promise((resolve) => receiver.close(resolve)));
  return { address: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/notices`, got };
}
