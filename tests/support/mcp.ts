import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { afterAll } from 'vitest';
import type { TestApp } from './app.js';
import { authHeaders, type Auth } from './client.js';

/** A client of the SDK that is connected to what is served under a slug. */
export async function mcpClient({ url }: Pick<TestApp, 'url'>, slug: string, auth: Auth): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp/${slug}`), { requestInit: { headers: authHeaders(auth) } });
  await client.connect(transport as Transport);
  afterAll(() => client.close());
  return client;
}

/** Sends a body to what is served under a slug, as it is; returns status, headers and what the answer says. */
export async function mcpPost(
  { url }: Pick<TestApp, 'url'>,
  slug: string,
  body: string | object,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const response = await fetch(`${url}/mcp/${slug}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
