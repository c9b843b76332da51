import { isLoopback } from './is-loopback.js';

const mostBytes = 1_048_576;
const withoutBody: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);

/**
 * A `fetch` for providers: it follows no redirect, reads no more than a mebibyte, and uses plain http on this machine only. Whoever
 * manages providers may name any host, because providers stand in the own network as well.
 */
export async function boundedFetch(url: string, options: RequestInit): Promise<Response> {
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && !isLoopback(hostname)) throw new Error(`${hostname} is asked over https only`);
  const response = await fetch(url, { ...options, redirect: 'manual' });
  const { status, statusText, headers } = response;
  const body = await readAll(response);
  return new Response(withoutBody.has(status) ? null : body, { status, statusText, headers });
}

async function readAll({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop closes the connection.
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > mostBytes) throw new Error(`the answer has more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
