import type { IncomingMessage, ServerResponse } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { startTestApp } from '../../support/app.js';
import { signIn } from '../../support/client.js';
import { bodyOf, serve } from '../../support/mcp/serve.js';
import { aSecret } from '../../support/secrets.js';
import { setTo } from '../../support/settings.js';
import { aSource, discovered, sourceNow } from '../../support/sources.js';
import { aServer } from '../../support/tools.js';

const app = await startTestApp({ WORKER_CONCURRENCY: '12' });
const root = await signIn(app.url);
await setTo(app, 'tools.privateHosts', ['127.0.0.1'], root);

interface Asked {
  id: number;
  response: ServerResponse;
  /** Answers with a result. */
  answer(result: object): void;
}

const before = [{ name: 'old', description: null, inputSchema: { type: 'object' as const } }];
const tool = (name: string, more: object = {}): object => ({ name, inputSchema: { type: 'object' }, ...more });

/** Says that it is a server of MCP, and does what it likes when it is asked for its tools. */
const rogue = (onList: (asked: Asked) => unknown): Promise<string> =>
  serve(async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== 'POST') return response.writeHead(405).end();
    const { id, method, params } = await bodyOf(request);
    const answer = (result: object): void =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    if (method === 'initialize')
      return answer({ protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'rogue', version: '1' } });
    if (id === undefined) return response.writeHead(202).end();
    return onList({ id, response, answer });
  });

const stream = ({ response }: Asked): ServerResponse => response.writeHead(200, { 'content-type': 'text/event-stream' });

/** Writes events as fast as they are taken, for ever. */
const flood =
  (event: string) =>
  (asked: Asked): void => {
    const out = stream(asked);
    const write = (): void => {
      while (!out.destroyed && out.write(event));
    };
    out.on('drain', write);
    write();
  };

const log = `data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x'.repeat(4_000) } })}\n\n`;
const deep = (levels: number): object => (levels === 0 ? {} : { items: deep(levels - 1) });

type Lie = [string, (asked: Asked) => unknown, RegExp];

// One after the other, because the servers are in the process of the test.
const floods: Lie[] = [
  [
    '100,000 tools',
    ({ answer }) => answer({ tools: Array.from({ length: 100_000 }, (_, i) => tool(`t${i}`)) }),
    /more than (1000 tools|4194304 bytes)/,
  ],
  ['pages without end', ({ answer }) => answer({ tools: [], nextCursor: 'more' }), /more than 50 pages/],
  [
    'an answer of 100 MB',
    ({ response }) => void response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'x'.repeat(100e6)}"`),
    /4194304 bytes/,
  ],
  ['one event without end', flood('data: x'), /4194304 bytes/],
  ['events without end', flood(log), /more than (16777216 bytes|20000 messages)/],
];

const lies: Lie[] = [
  [
    'other JSON',
    ({ response }) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"hello":"world"}'),
    /not as MCP has it/,
  ],
  [
    'a web page',
    ({ response }) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'),
    /content type|not as MCP/i,
  ],
  ['another result', ({ answer }) => answer({ tools: 'none' }), /not as MCP has it/],
  [
    'a redirect to the metadata of the cloud',
    ({ response }) => void response.writeHead(307, { location: 'http://169.254.169.254/latest' }).end(),
    /Redirect to http:\/\/169\.254\.169\.254\/latest not followed/,
  ],
  [
    'an end in the middle',
    ({ response }) =>
      void response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
        .write('{"jsonrpc":', () => response.destroy()),
    /cannot be used|closed|reached/,
  ],
  ['a stream that ends without an answer', (asked) => void stream(asked).end(), /closed the connection without an answer/],
  ['a stream that breaks', (asked) => void stream(asked).write('data: {', () => asked.response.destroy()), /closed|cannot be used|reached/],
  ['nothing', () => {}, /does not answer in time/],
  ['a fault of its own', ({ response }) => void response.writeHead(503).end('later'), /cannot answer at the moment \(HTTP 503\)/],
];

const isToldOf = async (...[, onList, expected]: Lie): Promise<void> => {
  const source = await aSource(app, { url: await rogue(onList), discoveredTools: before, toolCount: 1 });

  const { job, source: now } = await discovered(app, source, root);

  expect(now.statusMessage).toMatch(expected);
  expect(now).toMatchObject({ status: 'ERROR', toolCount: 1, discoveredTools: before });
  expect(job).toMatchObject({ status: 'FAILED', attempts: 1, error: now.statusMessage });
};

test.each(floods)('a server that answers %s is told of clearly, and what it offered before stays', isToldOf);
test.concurrent.each(lies)('a server that answers %s is told of clearly, and what it offered before stays', isToldOf);

test('tools that cannot be used are left out and named, and the others are kept', async () => {
  const offered = [
    tool('good'),
    tool('good'),
    tool('has blanks in it'),
    tool('huge', { inputSchema: { type: 'object', description: 'x'.repeat(70_000) } }),
    tool('deep', { inputSchema: { type: 'object', ...deep(60) } }),
    tool('list', { inputSchema: { type: 'array' } }),
    tool('wordy', { description: 'x'.repeat(10_001) }),
    'no tool',
  ];
  const source = await aSource(app, { url: await rogue(({ answer }) => answer({ tools: offered })) });

  const { job, source: now } = await discovered(app, source, root);

  expect(now.discoveredTools).toEqual([{ name: 'good', description: null, inputSchema: { type: 'object' } }]);
  expect(job.result.leftOut).toEqual([
    'good (offered twice)',
    'has blanks in it (name is not as MCP has it)',
    'huge (its input schema has more than 65536 bytes)',
    'deep (nested more than 32 deep)',
    'list (inputSchema is not as MCP has it)',
    'wordy (its description has more than 10000 characters)',
    'a tool without a name (the whole is not as MCP has it)',
  ]);
  expect(now).toMatchObject({ status: 'ACTIVE', statusMessage: expect.stringMatching(/^Left out: good \(offered twice\), has blanks/) });
});

test('a tool whose name is the secret that its server was sent is left out, and the secret is not shown', async () => {
  const server = await aServer(app);
  const value = `bearer-${'of-a-token-'.repeat(8)}`;
  await aSecret(app, null, { name: 'API_KEY', serverId: server.id, value });
  const offered = [tool('good'), tool(value), tool(`${value} in vain`)];
  const url = await rogue(({ answer }) => answer({ tools: offered }));
  const source = await aSource(app, { server, url, authType: 'BEARER', authSecretName: 'API_KEY' });

  const { job, source: now } = await discovered(app, source, root);

  expect(job.result.leftOut).toEqual([
    '[redacted] (its name holds the secret of the source)',
    '[redacted] in vain (name is not as MCP has it)',
  ]);
  expect(JSON.stringify([job, now.discoveredTools, now.statusMessage])).not.toContain('of-a-token');
});

test.concurrent.each(['STREAMABLE_HTTP' as const, 'SSE' as const])(
  'a server that says nothing at all over %s is given up',
  async (transportType) => {
    const source = await aSource(app, { url: await serve(() => {}), transportType });

    expect((await discovered(app, source, root)).source.statusMessage).toMatch(/does not answer/);
  },
);

test('an older server that sends the browser elsewhere for its messages is refused', async () => {
  const url = await serve((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: endpoint\ndata: http://169.254.169.254/messages\n\n'),
  );
  const source = await aSource(app, { url, transportType: 'SSE' });

  expect((await discovered(app, source, root)).source.statusMessage).toMatch(/Endpoint origin does not match/);
});

test('what nobody listens at, and what stands in the own network, cannot be asked', async () => {
  const dead = await aSource(app, { url: 'http://127.0.0.1:47999/mcp' });
  const inside = await aSource(app, { url: 'https://localhost:47999/mcp' });

  expect((await discovered(app, dead, root)).source.statusMessage).toBe('127.0.0.1:47999 cannot be reached (ECONNREFUSED)');
  expect((await discovered(app, inside, root)).source.statusMessage).toMatch(/^localhost is refused/);
  expect((await sourceNow(app, inside)).status).toBe('ERROR');
});

test('floods leave nothing behind in memory', { timeout: 120_000 }, async () => {
  const source = await aSource(app, { url: await rogue(flood(log)) });
  await discovered(app, source, root);
  const settled = kept();

  for (let i = 0; i < 4; i += 1) await discovered(app, source, root);

  // Each of them has sent 16 MiB at least.
  await expect.poll(() => kept() - settled, { timeout: 20_000 }).toBeLessThan(16e6);
});

/** What is in memory and cannot be freed, in bytes. */
function kept(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}
