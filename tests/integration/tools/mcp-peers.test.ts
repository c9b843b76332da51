import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { callExternalTool, type ExternalCall } from '#domains/tools/sources/call-external-tool.js';
import { SourceConnections } from '#domains/tools/sources/source-connections.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { signIn } from '../../support/client.js';
import { offer, startChangingServer } from '../../support/mcp/changing-server.js';
import { startEverything } from '../../support/mcp/everything.js';
import { startGuard } from '../../support/mcp/guard.js';
import { startMemory } from '../../support/mcp/memory-bridge.js';
import { mutated } from '../../support/mutation.js';
import { accessesOf, aSecret } from '../../support/secrets.js';
import { setTo } from '../../support/settings.js';
import { aSource, discovered, sourceNow } from '../../support/sources.js';
import { aServer } from '../../support/tools.js';

const app = await startTestApp({ WORKER_CONCURRENCY: '4' });
const root = await signIn(app.url);
await setTo(app, 'tools.privateHosts', ['127.0.0.1'], root);
const connections = app.system.services.get(SourceConnections);

const call = (source: { id: string }, toolName: string, parameters: Record<string, unknown> = {}, more: Partial<ExternalCall> = {}) =>
  callExternalTool(app.system, {
    sourceId: source.id,
    toolName,
    parameters,
    signal: new AbortController().signal,
    timeoutMs: 20_000,
    ...more,
  });

const secretOf = async (name: string, value: string) => {
  const server = await aServer(app);
  await aSecret(app, null, { name, serverId: server.id, value });
  return server;
};

test.each([
  ['STREAMABLE_HTTP' as const, 'streamableHttp' as const],
  ['SSE' as const, 'sse' as const],
])('the reference server is discovered, called and told of over %s', async (transportType, started) => {
  const source = await aSource(app, { url: await startEverything(started), transportType });

  const { job, source: now } = await discovered(app, source, root);
  const steps: unknown[] = [];
  const said = await call(source, 'echo', { message: 'hello' });
  await call(source, 'trigger-long-running-operation', { duration: 1, steps: 3 }, { onProgress: (step) => steps.push(step) });

  expect(job.status).toBe('SUCCEEDED');
  expect(now.toolCount).toBeGreaterThan(8);
  expect(said).toEqual({ content: [{ type: 'text', text: 'Echo: hello' }] });
  expect(steps).toEqual([1, 2, 3].map((progress) => ({ progress, total: 3, message: null })));
  await expect(call(source, 'echo', {})).rejects.toMatchObject({ fault: expect.stringMatching(/^(TOOL_FAILED|ANSWERED_ERROR)$/) });
});

test('a server that speaks over pipes is used behind a bridge', async () => {
  const source = await aSource(app, { url: await startMemory() });

  expect((await discovered(app, source, root)).source.toolCount).toBe(9);
  const entities = [{ name: 'rack 4', entityType: 'rack', observations: ['is wet'] }];
  await call(source, 'create_entities', { entities });
  expect(await call(source, 'search_nodes', { query: 'wet' })).toMatchObject({ structuredContent: { entities } });
});

test('[mcpbox-45] a secret of the server goes along as a bearer token, in Authorization as it is, or in a header of its own', async () => {
  const peer = await startChangingServer(offer('one'));
  const guard = await startGuard(peer.url);
  const server = await secretOf('KEY', 's3cret-value');
  const ways = [
    [{ authType: 'BEARER' as const }, ['authorization', 'Bearer s3cret-value']],
    [{ authType: 'HEADER' as const }, ['authorization', 's3cret-value']],
    [{ authType: 'HEADER' as const, authHeaderName: 'X-Api-Key' }, ['x-api-key', 's3cret-value']],
  ] as const;

  for (const [values, [header, expected]] of ways) {
    guard.admits = ({ headers }) => headers[header] === expected;
    const source = await aSource(app, { server, url: guard.url, authSecretName: 'KEY', ...values });
    expect((await discovered(app, source, root)).source).toMatchObject({ status: 'ACTIVE', toolCount: 1 });
  }
  expect((await accessesOf(app, 'KEY')).at(-1)).toMatchObject({ by: 'signalbox', type: 'READ', ok: true });
});

test('refused credentials are told of without showing them, and a secret that is not there is named', async () => {
  const guard = await startGuard((await startChangingServer(offer('one'))).url);
  guard.admits = () => false;
  const server = await secretOf('KEY', 's3cret-value');
  const source = await aSource(app, { server, url: guard.url, authType: 'BEARER', authSecretName: 'KEY' });
  const without = await aSource(app, { server, url: guard.url, authType: 'BEARER', authSecretName: 'OTHER' });

  const refused = await discovered(app, source, root);
  const missing = await discovered(app, without, root);

  expect(refused.source.statusMessage).toBe('The server refuses the credentials (HTTP 401)');
  expect(missing.source.statusMessage).toBe('The secret OTHER of its server has no value that can be used');
  const told = await rowsOf(
    app,
    sql`select (select json_agg(j) from jobs j)::text || (select json_agg(l) from job_log_lines l)::text || (select json_agg(c) from changes c)::text as all_of_it`,
  );
  expect(JSON.stringify(told)).not.toContain('s3cret-value');
});

test('what a tool repeats of the secret is not shown, neither in its answer nor in its failure', async () => {
  const peer = await startChangingServer(offer('tell'));
  const guard = await startGuard(peer.url);
  const source = await aSource(app, {
    server: await secretOf('KEY', 's3cret"value'),
    url: guard.url,
    authType: 'BEARER',
    authSecretName: 'KEY',
  });

  peer.call = () => ({ content: [{ type: 'text', text: 'it is s3cret"value' }], structuredContent: { a: 's3cret"value' } });
  expect(await call(source, 'tell')).toEqual({
    content: [{ type: 'text', text: 'it is [redacted]' }],
    structuredContent: { a: '[redacted]' },
  });
  peer.call = () => ({ content: [{ type: 'text', text: 'no s3cret"value' }], isError: true });
  await expect(call(source, 'tell')).rejects.toMatchObject({ fault: 'TOOL_FAILED', message: 'no [redacted]' });
});

test('a rotated secret is used from the next refusal on, without another connection by hand', async () => {
  const peer = await startChangingServer(offer('one'));
  const guard = await startGuard(peer.url);
  const server = await aServer(app);
  const secret = await aSecret(app, null, { name: 'KEY', serverId: server.id, value: 'first' });
  guard.admits = ({ headers }) => headers.authorization === 'Bearer first';
  const source = await aSource(app, { server, url: guard.url, authType: 'BEARER', authSecretName: 'KEY' });
  await call(source, 'one');

  await mutated(app, 'setSecretValue', { id: secret.id, value: 'second' }, root);
  guard.admits = ({ headers }) => headers.authorization === 'Bearer second';

  await call(source, 'one');
  expect(guard.refusals).toBe(1);
});

test('one connection serves all calls of a source; it is closed when the source changes, and a forgotten session is begun again', async () => {
  const guard = await startGuard(await startEverything('streamableHttp'));
  const sessions = new Set<string>();
  guard.admits = ({ headers }) => Boolean(sessions.add(String(headers['mcp-session-id']))) || true;
  const source = await aSource(app, { url: guard.url });
  const opened = connections.size;

  await Promise.all([call(source, 'echo', { message: 'a' }), call(source, 'echo', { message: 'b' })]);
  await call(source, 'echo', { message: 'c' });
  sessions.delete('undefined');
  expect([connections.size - opened, sessions.size]).toEqual([1, 1]);

  const forgotten = new Set(sessions);
  guard.answers = ({ headers }, response) => {
    if (!forgotten.has(String(headers['mcp-session-id']))) return false;
    response.writeHead(404).end();
    return true;
  };
  expect(await call(source, 'echo', { message: 'd' })).toEqual({ content: [{ type: 'text', text: 'Echo: d' }] });

  const { revision } = await sourceNow(app, source);
  await mutated(app, 'updateExternalMcpSource', { id: source.id, expectedRevision: revision, status: 'DISABLED' }, root);
  expect(connections.size).toBe(opened);
  await expect(call(source, 'echo', { message: 'e' })).rejects.toMatchObject({ fault: 'DISABLED' });
});

test('a call ends with its time and with its signal, is told to the server, and is never repeated', async () => {
  const peer = await startChangingServer(offer('slow'));
  peer.call = () => new Promise(() => {});
  const source = await aSource(app, { url: peer.url });
  const controller = new AbortController();

  await expect(call(source, 'slow', {}, { timeoutMs: 300 })).rejects.toMatchObject({ fault: 'TIMEOUT' });
  const stopped = call(source, 'slow', {}, { signal: controller.signal });
  await expect.poll(() => peer.calls.length).toBe(2);
  controller.abort(new Error('cancelled'));

  await expect(stopped).rejects.toThrow('cancelled');
  expect(peer.calls.length).toBe(2);
});
