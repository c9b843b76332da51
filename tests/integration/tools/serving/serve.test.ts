import { request } from 'node:http';
import { expect, test, vi } from 'vitest';
import { ActivityRecorder } from '#domains/observability/index.js';
import { startTestApp } from '../../../support/app.js';
import { data } from '../../../support/client.js';
import { decide } from '../../../support/decide.js';
import { aMachine } from '../../../support/machine.js';
import { mcpClient, mcpPost } from '../../../support/mcp.js';
import { mutate, mutated } from '../../../support/mutation.js';
import { openSql } from '../../../support/probe.js';
import { aRole } from '../../../support/roles.js';
import { anApprovedTool, aServer, aTool } from '../../../support/tools.js';
import { signedIn } from '../../../support/users.js';

vi.setConfig({ testTimeout: 90_000 });

const app = await startTestApp({ MAX_BODY_BYTES: '20000' });
const sql = await openSql(app.databaseUrl);
const operator = await signedIn(app, 'otto', ['operator']);
const approver = await signedIn(app, 'anna', ['approver']);
const viewer = await signedIn(app, 'vera', ['viewer']);
const agent = await aMachine(app, operator, ['tool:execute']);

// What it runs is not what these tests are about, so that no Python has to be started.
const operation = { type: 'TOOLKIT_OPERATION', pythonCode: null, operation: 'upkeep.trimJobs' } as const;
const schema = {
  type: 'object',
  properties: { apiKey: { type: 'string' }, note: { type: 'string', 'x-own': [2, 1] } },
  additionalProperties: false,
};
const own = ['signalbox_get_execution', 'signalbox_await_execution', 'signalbox_cancel_execution'];
const running = (values: object = {}) => aServer(app, { status: 'RUNNING', ...values });
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
const bearer = (token = agent.token) => ({ authorization: `Bearer ${token}` });
const activity = async (where: string, values: unknown[] = []) => {
  await app.system.services.get(ActivityRecorder).flush();
  return sql(
    `select log_type, level, message, details, request_id, duration_ms, trace_id, server_id from activity_logs where ${where} order by id`,
    values,
  );
};
const structured = (answer: unknown): Record<string, any> => (answer as { structuredContent: Record<string, any> }).structuredContent;

test('[mcpbox-13] a client is shown what it can call, by name and with its schema as it was given, and nothing else', async () => {
  const server = await running({ name: 'House', description: 'Keeps the house' });
  await anApprovedTool(app, { ...operation, server, name: 'sweep', displayName: 'Sweep', description: 'Sweeps', inputSchema: schema });
  const asking = {
    type: 'object',
    properties: { room: { type: 'string' }, key: { type: 'string', 'x-approver': true } },
    required: ['key'],
  };
  await anApprovedTool(app, { ...operation, server, name: 'dust' });
  await anApprovedTool(app, { ...operation, server, name: 'enter', inputSchema: asking });
  await anApprovedTool(app, { ...operation, server, name: 'off', isEnabled: false });
  await anApprovedTool(app, { ...operation, server, name: 'secretly', requiredPermission: 'audit:read' });
  await aTool(app, { ...operation, server, name: 'draft' });
  const client = await mcpClient(app, server.slug, agent);

  const { tools, nextCursor } = await client.listTools();

  expect(client.getServerVersion()).toMatchObject({ name: server.slug, title: 'House' });
  expect(client.getServerCapabilities()).toEqual({ tools: {} });
  expect(tools.map(({ name }) => name)).toEqual(['dust', 'enter', 'sweep', ...own]);
  expect(tools[1]!.inputSchema).toEqual({ type: 'object', properties: { room: { type: 'string' } }, required: [] });
  expect(JSON.stringify(tools[2])).toBe(JSON.stringify({ name: 'sweep', title: 'Sweep', description: 'Sweeps', inputSchema: schema }));
  expect(nextCursor).toBeUndefined();
});

test('a long list comes in pages, each tool once', async () => {
  const server = await running();
  const names = Array.from({ length: 105 }, (_, i) => `tool-${String(i).padStart(3, '0')}`);
  for (const name of names) await anApprovedTool(app, { ...operation, server, name });
  const client = await mcpClient(app, server.slug, agent);

  const first = await client.listTools();
  const second = await client.listTools({ cursor: first.nextCursor });

  expect([...first.tools, ...second.tools].map(({ name }) => name)).toEqual([...names, ...own]);
  await expect(client.listTools({ cursor: '%' })).rejects.toMatchObject({
    code: -32_602,
    data: { code: 'BAD_USER_INPUT', paths: ['cursor'] },
  });
});

test('[mcpbox-61] a call runs the tool and answers its result, tells how far it is, and is a pair in the activity log', async () => {
  const server = await running();
  const tool = await anApprovedTool(app, { ...operation, server, name: 'sweep' });
  const client = await mcpClient(app, server.slug, agent);
  const told: { progress: number }[] = [];

  const answer = await client.callTool({ name: 'sweep', arguments: {} }, undefined, { onprogress: (progress) => told.push(progress) });

  expect(answer).toMatchObject({ content: [{ type: 'text', text: '{"jobs":0}' }], structuredContent: { jobs: 0 } });
  expect(told.at(-1)).toMatchObject({ progress: 100, total: 100 });
  expect(told.map(({ progress }) => progress)).toEqual([...new Set(told.map(({ progress }) => progress))].sort((a, b) => a - b));
  const [execution] = await sql('select * from tool_executions where tool_id = $1', [tool.id]);
  expect(execution).toMatchObject({ status: 'SUCCEEDED', user_id: operator.id, id: (answer._meta as any)['signalbox/executionId'] });
  const [asked, answered, ...more] = await activity('server_id = $1 and trace_id = $2', [server.id, execution!.trace_id]);
  expect(more).toEqual([]);
  expect(asked).toMatchObject({ log_type: 'MCP_REQUEST', level: 'INFO', message: 'tools/call sweep', duration_ms: null });
  expect(asked!.details).toMatchObject({ method: 'tools/call', caller: 'otto', apiToken: agent.prefix, arguments: {} });
  expect(answered).toMatchObject({
    log_type: 'MCP_RESPONSE',
    level: 'INFO',
    request_id: asked!.request_id,
    duration_ms: expect.any(Number),
  });
  expect(answered!.details).toEqual({ status: 200, executionId: execution!.id });
  const [change] = await sql(`select request_id from changes where action = 'tools.toolExecution.requested' and target_id = $1`, [
    execution!.id,
  ]);
  expect(change!.request_id).toBe(asked!.request_id);
});

test('what needs a human answers at once what to do next, and its result can be awaited when somebody has agreed', async () => {
  const server = await running();
  await anApprovedTool(app, { ...operation, server, name: 'sweep', requiresApproval: true });
  const client = await mcpClient(app, server.slug, agent);
  const sweep = { name: 'sweep', arguments: {} };

  const pending = structured(await client.callTool(sweep));
  expect(pending).toMatchObject({ status: 'WAITING_APPROVAL', executionId: expect.any(String), approvalId: expect.any(String) });
  expect(pending.next).toContain('signalbox_await_execution');
  const asked = { executionId: pending.executionId, timeoutSeconds: 1 };
  expect(structured(await client.callTool({ name: 'signalbox_await_execution', arguments: asked }))).toMatchObject({
    status: 'WAITING_APPROVAL',
  });
  const awaited = client.callTool({ name: 'signalbox_await_execution', arguments: { ...asked, timeoutSeconds: 60 } });
  await decide(app, pending.approvalId, approver);
  expect(structured(await awaited)).toMatchObject({ status: 'SUCCEEDED', result: { jobs: 0 } });

  const waiting = client.callTool({ ...sweep, _meta: { 'signalbox/wait': true, 'signalbox/justification': 'It is dusty' } });
  const [{ id }] = (await vi.waitUntil(async () => {
    const found = await sql(`select id from approvals where status = 'PENDING' and justification = 'It is dusty'`);
    return found.length > 0 && found;
  }, 20_000)) as [{ id: string }];
  await decide(app, id, approver, 'REJECTED', 'Not today');
  const refused = await waiting;
  expect(refused.isError).toBe(true);
  expect(structured(refused)).toMatchObject({ status: 'REJECTED', error: 'Not today' });
});

test('what goes wrong in a call says so to the model: misfits with their places, and what is not there', async () => {
  const server = await running();
  await anApprovedTool(app, { ...operation, server, name: 'sweep', inputSchema: schema });
  const off = await anApprovedTool(app, { ...operation, server, name: 'off', isEnabled: false });
  const client = await mcpClient(app, server.slug, agent);

  const misfit = await client.callTool({ name: 'sweep', arguments: { note: 3, apiKey: 'hunter2' } });
  expect(misfit.isError).toBe(true);
  expect(structured(misfit).error).toMatchObject({ code: 'BAD_USER_INPUT', paths: ['arguments.note'] });
  for (const name of ['off', 'nothing']) {
    const missing = await client.callTool({ name, arguments: { letter: 'hunter2' } });
    expect(missing.isError).toBe(true);
    expect(structured(missing)).toEqual({ error: { code: 'NOT_FOUND', message: expect.stringContaining(name) } });
  }
  expect(await sql(`select details from changes where action = 'executeTool.denied' and details->>'tool' = $1`, [off.id])).toHaveLength(1);
  const all = await activity('server_id = $1', [server.id]);
  expect(all.find(({ message }) => message === 'tools/call sweep')!.details.arguments).toEqual({ note: 3, apiKey: '[redacted]' });
  expect(JSON.stringify(all)).not.toContain('hunter2');
  expect(all.filter(({ level }) => level === 'WARN').map(({ details }) => details.code)).toEqual([
    'BAD_USER_INPUT',
    'NOT_FOUND',
    'NOT_FOUND',
  ]);
  await expect(client.listResources()).rejects.toThrow();
});

test('who has no valid token, no right or no such server is told so, and that is in the activity log', async () => {
  const server = await running();
  await anApprovedTool(app, { ...operation, server, name: 'sweep' });
  const stopped = await aServer(app, { status: 'STOPPED' });

  const stranger = await mcpPost(app, server.slug, list);
  expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="signalbox"']);
  const wrong = await mcpPost(app, server.slug, list, bearer('sbx_wrong'));
  expect([wrong.status, wrong.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="signalbox", error="invalid_token"']);
  for (const slug of [server.slug, 'nothing'])
    expect(await mcpPost(app, slug, list, bearer(viewer.token))).toMatchObject({
      status: 403,
      text: expect.stringContaining('tool:execute'),
    });
  for (const slug of [stopped.slug, 'nothing', '%00', 'a%2Fb'])
    expect(await mcpPost(app, slug, list, bearer())).toMatchObject({ status: 404, text: expect.stringContaining('NOT_FOUND') });
  const cookie = await mcpPost(app, server.slug, list, { cookie: `signalbox_session=${operator.token}` });
  expect(cookie.status).toBe(401);

  const told = await activity(`log_type = 'MCP_RESPONSE' and details->>'status' = any('{401,403,404}')`);
  expect(told.map(({ details: { status, code } }) => [status, code])).toEqual([
    [401, 'UNAUTHENTICATED'],
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [404, 'NOT_FOUND'],
    [404, 'NOT_FOUND'],
    [404, 'NOT_FOUND'],
    [401, 'UNAUTHENTICATED'],
  ]);
  expect(told.every(({ level }) => level === 'WARN')).toBe(true);
});

test('a server that stops is gone for its clients at once', async () => {
  const server = await running();
  await anApprovedTool(app, { ...operation, server, name: 'sweep' });
  const client = await mcpClient(app, server.slug, agent);
  const admin = await signedIn(app, 'adam', ['admin']);
  expect((await client.listTools()).tools).toHaveLength(4);

  await mutated(app, 'stopMcpServer', { id: server.id }, admin);

  await expect(client.listTools()).rejects.toMatchObject({ code: 404 });
});

test('a token that is limited to other permissions neither sees nor calls tools', async () => {
  await aRole(app, 'helper', ['tool:execute', 'tool:read']);
  const owner = await signedIn(app, 'hugo', ['helper']);
  const reader = await aMachine(app, owner, ['tool:read']);
  const server = await running();
  const tool = await anApprovedTool(app, { ...operation, server, name: 'sweep' });

  const call = { ...list, method: 'tools/call', params: { name: 'sweep', arguments: {} } };
  expect(await mcpPost(app, server.slug, call, bearer(reader.token))).toMatchObject({ status: 403 });

  expect(await sql('select 1 from tool_executions where tool_id = $1', [tool.id])).toEqual([]);
  const [denied] = await sql(`select actor_username, outcome from changes where action = 'mcp.denied' and actor_username = 'hugo'`);
  expect(denied).toMatchObject({ outcome: 'DENIED' });
});

test('pages of others and names that are not ours are refused, and what is no message, too large or of another method', async () => {
  const server = await running();
  const post = (body: string | object, headers: Record<string, string> = {}) =>
    mcpPost(app, server.slug, body, { ...bearer(), ...headers });

  expect((await post(list, { origin: 'https://evil.example.com' })).status).toBe(403);
  expect(await statusFor(`/mcp/${server.slug}`, 'evil.example.com')).toBe(403);
  expect(await statusFor(`/mcp/${server.slug}`, `localhost:${new URL(app.url).port}`)).toBe(200);
  for (const garbage of ['{', '[]', '{}', JSON.stringify([list, list]), '"text"', `${'['.repeat(500)}${']'.repeat(500)}`])
    expect(await post(garbage), garbage.slice(0, 20)).toMatchObject({ status: 400, text: expect.stringContaining('"jsonrpc":"2.0"') });
  const nameless = { ...list, method: 'tools/call', params: { name: { toString: 1, valueOf: 1 } } };
  expect((await post(nameless)).text).toContain('expected string, received object');
  expect((await post(list, { 'content-type': 'text/plain' })).status).toBe(400);
  expect((await post({ ...list, params: { x: 'x'.repeat(30_000) } })).status).toBe(413);
  expect((await post(list, { accept: 'application/json' })).status).toBe(406);
  for (const method of ['GET', 'DELETE']) {
    const answer = await fetch(`${app.url}/mcp/${server.slug}`, { method, headers: { ...bearer(), accept: 'text/event-stream' } });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  }
  expect((await post(list)).status).toBe(200);
});

test('who is not let see the activity log sees nothing of it; others filter it by server, kind, level and request', async () => {
  const server = await running();
  await anApprovedTool(app, { ...operation, server, name: 'sweep' });
  await (await mcpClient(app, server.slug, agent)).callTool({ name: 'nothing' });
  const [, answered] = await activity(`server_id = $1 and (message like 'tools/call%' or level = 'WARN')`, [server.id]);
  const query = `query($filter: ActivityLogFilter) { activityLogs(filter: $filter) { nodes { logType level requestId server { slug } } } }`;
  const filter = {
    server: { eq: server.id },
    logType: { eq: 'MCP_RESPONSE' },
    level: { eq: 'WARN' },
    requestId: { eq: answered!.request_id },
  };

  const { activityLogs } = await data(app.url, query, { filter }, approver);

  expect(activityLogs.nodes).toEqual([
    { logType: 'MCP_RESPONSE', level: 'WARN', requestId: answered!.request_id, server: { slug: server.slug } },
  ]);
  expect((await data(app.url, query, { filter }, viewer)).activityLogs.nodes).toEqual([]);
  const nested = await data(
    app.url,
    'query($id: ID!) { mcpServer(id: $id) { activityLogs(filter: { level: { eq: WARN } }) { nodes { message } } } }',
    { id: server.id },
    operator,
  );
  expect(nested.mcpServer.activityLogs.nodes).toHaveLength(1);
});

test('nobody makes a server or a tool with a name that is ours', async () => {
  const admin = await signedIn(app, 'ada', ['admin']);

  const server = await mutate(app, 'createMcpServer', { name: 'Signalbox' }, admin);
  const tool = await mutate(app, 'createTool', { type: 'TOOLKIT_OPERATION', name: 'signalbox_sweep', operation: 'upkeep.trimJobs' }, admin);

  expect(server.errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', paths: ['input.slug'] });
  expect(tool.errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', paths: ['input.name'] });
});

/** The status for a list that names the server in its own way; fetch lets nobody do that. */
const statusFor = (path: string, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const headers = { ...bearer(), host, 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
    request(new URL(path, app.url), { method: 'POST', headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode!);
    })
      .on('error', reject)
      .end(JSON.stringify(list));
  });
