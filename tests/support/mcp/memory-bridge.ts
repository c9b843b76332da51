import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { afterAll } from 'vitest';
import { serve } from './serve.js';

const script = fileURLToPath(new URL('../../../node_modules/@modelcontextprotocol/server-memory/dist/index.js', import.meta.url));

const started: { pipes: StdioClientTransport; folder: string }[] = [];
// Here, because within a test it would not be heard.
afterAll(async () => {
  for (const { pipes, folder } of started) {
    await pipes.close();
    await rm(folder, { recursive: true, force: true });
  }
});

/** Starts the reference server of MCP that remembers, which speaks over pipes, behind HTTP for one client; returns its address. */
export async function startMemory(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-memory-'));
  const pipes = new StdioClientTransport({
    command: process.execPath,
    args: [script],
    env: { MEMORY_FILE_PATH: join(folder, 'memory.jsonl') },
    stderr: 'ignore',
  });
  const http: Transport = new StreamableHTTPServerTransport({ sessionIdGenerator: randomUUID }) as Transport;
  Object.assign(pipes, { onmessage: (message: JSONRPCMessage) => void http.send(message) });
  Object.assign(http, { onmessage: (message: JSONRPCMessage) => void pipes.send(message) });
  await http.start();
  await pipes.start();
  started.push({ pipes, folder });
  const url = await serve((request, response) => (http as StreamableHTTPServerTransport).handleRequest(request, response));
  return `${url}/mcp`;
}
