import { expect, test, vi } from 'vitest';
import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ActivityRecorder } from '#domains/observability/index.js';
import type { Auth } from '../../../support/client.js';
import { aMachine } from '../../../support/machine.js';
import { mcpClient } from '../../../support/mcp.js';
import { openSql } from '../../../support/probe.js';
import { startToolApp } from '../../../support/tool-app.js';
import { anApprovedTool, aServer } from '../../../support/tools.js';
import { signedIn } from '../../../support/users.js';

vi.setConfig({ testTimeout: 60_000 });

const app = await startToolApp();
const sql = await openSql(app.databaseUrl);
const operator = await signedIn(app, 'otto', ['operator']);
const viewer = await signedIn(app, 'vera', ['viewer']);
const clientOf = (auth: Auth): Promise<Client> => mcpClient(app, 'signalbox', auth);
const client = await clientOf(operator);
const call = async (name: string, given: object = {}, of = client): Promise<Record<string, any>> =>
  (await of.callTool({ name, arguments: given as Record<string, unknown> })).structuredContent as Record<string, any>;
const inputSchema = { type: 'object', properties: { name: { type: 'string' } } };
const hello = 'async def main(name: str):\n    return f"Hello {name}"\n';

test('each caller is shown the tools that it may use', async () => {
  const namesFor = async (auth: Auth) => (await (await clientOf(auth)).listTools()).tools.map(({ name }) => name);
  const always = ['list_my_approvals', 'get_execution', 'await_execution', 'cancel_execution'];

  expect(await namesFor(await aMachine(app, operator, ['tool:execute']))).toEqual(always);
  expect((await namesFor(viewer)).sort()).toEqual([...always, 'list_servers', 'list_tools', 'get_tool'].sort());
  expect(await namesFor(operator)).toHaveLength(14);
});

test('[mcpbox-65] an agent writes a draft, changes it, tries it and submits it; what is submitted it does not change any more', async () => {
  const server = await aServer(app);

  const { tool } = await call('create_draft_tool', { server: server.id, name: 'hello', pythonCode: hello, inputSchema });
  expect(tool).toMatchObject({ name: 'hello', approvalStatus: 'DRAFT', revision: 1 });
  expect(await call('list_tools', { server: server.id })).toMatchObject({ items: [{ id: tool.id, approvalStatus: 'DRAFT' }] });
  await call('update_draft_tool', { id: tool.id, description: 'Says hello' });
  expect(await call('get_tool', { id: tool.id })).toMatchObject({ description: 'Says hello', pythonCode: hello, currentVersion: 2 });
  expect(await call('test_tool', { tool: tool.id, parameters: { name: 'you' } })).toMatchObject({ status: 'QUEUED', isTest: true });
  const submitted = await call('submit_tool', { id: tool.id, publishNotes: 'It is nice' });
  expect(submitted.tool.approvalStatus).toBe('PENDING_REVIEW');
  expect(await call('list_my_approvals', { status: 'PENDING' })).toMatchObject({
    items: [{ kind: 'TOOL_PUBLICATION', subjectName: 'hello' }],
  });

  expect(await call('update_draft_tool', { id: tool.id, description: 'Says nothing' })).toMatchObject({
    error: { code: 'PRECONDITION_FAILED' },
  });
  const versions = await sql('select change_source, description from tool_versions where tool_id = $1 order by version_number', [tool.id]);
  expect(versions).toEqual([
    { change_source: 'LLM', description: null },
    { change_source: 'LLM', description: 'Says hello' },
  ]);
  const changes = await sql('select action, actor_username from changes where target_id = $1 order by id', [tool.id]);
  expect(changes.map(({ action, actor_username }) => [action, actor_username])).toEqual([
    ['tools.tool.created', 'otto'],
    ['tools.tool.updated', 'otto'],
    ['tools.tool.submitted', 'otto'],
  ]);
});

test('[mcpbox-14] what an agent asks for a tool waits for a human, with the tool and its server', async () => {
  const tool = await anApprovedTool(app);

  const host = await call('request_host', { tool: tool.id, host: 'api.example.com', port: 443, justification: 'It asks the weather' });
  const module = await call('request_module', { tool: tool.id, moduleName: 'xml', justification: 'It reads XML' });

  expect(host.networkAccessRequest).toMatchObject({ status: 'PENDING', approval: { status: 'PENDING' } });
  expect(module.moduleRequest).toMatchObject({ status: 'PENDING', approval: { status: 'PENDING' } });
  for (const table of ['network_access_requests', 'module_requests'])
    expect(await sql(`select tool_id, server_id from ${table} where tool_id = $1`, [tool.id])).toEqual([
      { tool_id: tool.id, server_id: tool.server!.id },
    ]);
  expect(await call('request_host', { tool: tool.id, host: 'a.example.com' })).toMatchObject({
    error: { code: 'BAD_USER_INPUT', paths: ['arguments.justification'] },
  });
});

test('[mcpbox-41] [mcpbox-42] an agent names a secret and never sends its value', async () => {
  const server = await aServer(app);
  const named = { server: server.id, name: 'WEATHER_KEY', description: 'From the weather service' };

  const refused = await call('create_secret_placeholder', { ...named, value: 'hunter2-hunter2' });
  expect(refused.error).toMatchObject({ code: 'BAD_USER_INPUT' });
  expect(await sql('select 1 from secrets where server_id = $1', [server.id])).toEqual([]);
  const { secret } = await call('create_secret_placeholder', named);
  expect(secret).toEqual({ id: expect.any(String), name: 'WEATHER_KEY', hasValue: false });

  await app.system.services.get(ActivityRecorder).flush();
  const everywhere = await sql(
    `select (select json_agg(a) from activity_logs a)::text || (select json_agg(c) from changes c)::text as text`,
  );
  expect(everywhere[0]!.text).toContain('create_secret_placeholder');
  expect(everywhere[0]!.text).not.toContain('hunter2');
});

test('what a caller may not do is refused as in the graph, and the audit trail has it', async () => {
  const server = await aServer(app);
  const reader = await clientOf(viewer);

  const draft = { server: server.id, name: 'hello', pythonCode: hello, inputSchema };
  expect(await call('create_draft_tool', draft, reader)).toMatchObject({ error: { code: 'FORBIDDEN' } });
  expect(await call('nothing', {}, reader)).toMatchObject({ error: { code: 'NOT_FOUND' } });

  expect(await sql('select 1 from tools where server_id = $1', [server.id])).toEqual([]);
  const denied = await sql(`select action from changes where outcome = 'DENIED' and actor_username = 'vera' order by id`);
  expect(denied.map(({ action }) => action)).toEqual(['createTool.denied', 'executeTool.denied']);
});

test('an execution of somebody else is as missing as one that never was', async () => {
  const { tool } = await call('create_draft_tool', { server: (await aServer(app)).id, name: 'mine', pythonCode: hello, inputSchema });
  const { executionId } = await call('test_tool', { tool: tool.id, parameters: { name: 'me' } });
  const stranger = await clientOf(await signedIn(app, 'sven'));

  for (const id of [executionId, tool.id, 'nothing'])
    for (const name of ['get_execution', 'await_execution', 'cancel_execution'])
      expect(await call(name, { executionId: id }, stranger), `${name} ${id}`).toMatchObject({ error: { code: 'NOT_FOUND' } });

  expect(await call('cancel_execution', { executionId })).toMatchObject({ status: 'CANCELLED' });
});
