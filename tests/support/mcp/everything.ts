import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const script = fileURLToPath(new URL('../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url));
const loopback = fileURLToPath(new URL('loopback.cjs', import.meta.url));

const children: ChildProcess[] = [];
// Here, because within a test it would not be heard.
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts the reference server of MCP that has everything, in a process with a clean environment; returns its address. */
export async function startEverything(transport: 'streamableHttp' | 'sse'): Promise<string> {
  const port = await freePort();
  const child = spawn(process.execPath, ['-r', loopback, script, transport], { env: { PORT: String(port) }, stdio: 'ignore' });
  children.push(child);
  const url = `http://127.0.0.1:${port}`;
  await answering(url);
  return `${url}/${transport === 'sse' ? 'sse' : 'mcp'}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answering(url: string): Promise<void> {
  for (const deadline = Date.now() + 30_000; ;) {
    const isThere = await fetch(url).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    if (Date.now() > deadline) throw new Error(`waited 30 s for the server at ${url}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
