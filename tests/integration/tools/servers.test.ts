import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data } from '../../support/client.js';
import { approvalOf, decide } from '../../support/decide.js';
import { mutated, refused } from '../../support/mutation.js';
import { startTestApp } from '../../support/app.js';
import { anApprovedTool, aServer, aTool, grantedHost, grantedModule } from '../../support/tools.js';
import { aRow } from '../../support/planted.js';
import { ToolExecution } from '#domains/tools/executions/tool-execution.entity.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signedIn(app, 'adam', ['admin']);
const author = await signedIn(app, 'olga', ['operator']);
const approver = await signedIn(app, 'anna', ['approver']);

const fields = 'id revision slug name description status statusMessage defaultTimeoutMs allowedHosts';
const run = async (name: string, input: object): Promise<Record<string, any>> =>
  (await mutated(app, name, input, admin, `mcpServer { ${fields} }`)).mcpServer;
const serverOf = async (id: string): Promise<Record<string, any>> =>
  (await data(app.url, `query($id: ID!) { mcpServer(id: $id) { ${fields} } }`, { id }, admin)).mcpServer;
const stored = (id: string) => rowsOf(app, sql`select * from mcp_servers where id = ${id}::uuid`);
const refusal = async (name: string, input: { id: string }, auth = admin) => {
  const before = await stored(input.id);
  const { code, paths } = await refused(app, name, input, auth);
  expect(await stored(input.id)).toEqual(before);
  return paths ? [code, paths] : [code];
};

test('[mcpbox-32] a server is created with a slug of its name, and found by it', async () => {
  const { result: server, changes } = await recording(app, () => run('createMcpServer', { name: 'Weather & Maps' }));

  expect(server).toEqual({
    id: expect.any(String),
    revision: 1,
    slug: 'weather-maps',
    name: 'Weather & Maps',
    description: null,
    status: 'IMPORTED',
    statusMessage: null,
    defaultTimeoutMs: 30_000,
    allowedHosts: [],
  });
  expect((await data(app.url, '{ mcpServer(slug: "weather-maps") { id } }', {}, author)).mcpServer).toEqual({ id: server.id });
  expect(changes.map(({ action, target_id }) => [action, target_id])).toEqual([['tools.mcpServer.created', server.id]]);
});

test.each([
  ['a slug with capitals', { slug: 'Weather' }, 'BAD_USER_INPUT', ['input.slug']],
  ['a name that makes no slug', { name: '日本' }, 'BAD_USER_INPUT', ['input.slug']],
  ['no name', { name: '' }, 'BAD_USER_INPUT', ['input.slug', 'input.name']],
  ['a time limit of a day', { defaultTimeoutMs: 86_400_000 }, 'BAD_USER_INPUT', ['input.defaultTimeoutMs']],
  ['a slug that is taken', { slug: 'taken' }, 'CONFLICT', ['input.slug']],
])('%s is refused at its place', async (_case, values, code, paths) => {
  if (code === 'CONFLICT') await aServer(app, { slug: 'taken' });

  expect(await refused(app, 'createMcpServer', { name: 'Weather', ...values }, admin)).toMatchObject({ code, paths });
});

test('a server is changed as it was seen, and a stale change is a conflict', async () => {
  const { id } = await aServer(app, { description: 'Old' });

  const changed = await run('updateMcpServer', { id, expectedRevision: 1, name: 'New', description: null, defaultTimeoutMs: 5_000 });

  expect(changed).toMatchObject({ name: 'New', description: null, defaultTimeoutMs: 5_000, revision: 2 });
  expect(await refusal('updateMcpServer', { id, expectedRevision: 1, name: 'Late' } as { id: string })).toEqual(['CONFLICT']);
  expect(await refusal('updateMcpServer', { id, expectedRevision: 2, slug: '-' } as { id: string })).toEqual([
    'BAD_USER_INPUT',
    ['input.slug'],
  ]);
});

test('a server is started when it has something to serve, stopped and started again', async () => {
  const server = await aServer(app);
  expect(await refusal('startMcpServer', { id: server.id })).toEqual(['PRECONDITION_FAILED']);
  expect(await refusal('stopMcpServer', { id: server.id })).toEqual(['PRECONDITION_FAILED']);
  const tool = await aTool(app, { server });
  const { tool: submitted } = await mutated(app, 'submitTool', { id: tool.id }, author, 'tool { approval { id } }');
  await decide(app, submitted.approval.id, approver);

  const steps = [(await serverOf(server.id)).status];
  for (const step of ['startMcpServer', 'stopMcpServer', 'startMcpServer']) steps.push((await run(step, { id: server.id })).status);

  expect(steps).toEqual(['READY', 'RUNNING', 'STOPPED', 'RUNNING']);
});

test('a running server that has nothing to serve any more says so, and goes on when it has', async () => {
  const server = await aServer(app, { status: 'RUNNING' });
  const tool = await anApprovedTool(app, { server });

  await mutated(app, 'disableTool', { id: tool.id }, admin);
  const without = await serverOf(server.id);
  await mutated(app, 'enableTool', { id: tool.id }, admin);

  expect(without).toMatchObject({ status: 'ERROR', statusMessage: 'None of its tools is approved and enabled' });
  expect(await serverOf(server.id)).toMatchObject({ status: 'RUNNING', statusMessage: null });
});

test('[mcpbox-24] a deleted server takes its tools and requests along; approvals and the audit trail keep the names', async () => {
  const server = await aServer(app, { slug: 'leaving' });
  const tool = await anApprovedTool(app, { server, name: 'leaver' });
  const { networkAccessRequest: asked } = await mutated(
    app,
    'requestNetworkAccess',
    { tool: tool.id, host: 'a.example', justification: 'It asks' },
    author,
    'networkAccessRequest { id approval { id } }',
  );
  await grantedHost(app, server);
  const { id: moduleId } = await grantedModule(app, 'sqlite3', { server: server as never });
  const modules = async (): Promise<string[]> =>
    (await data(app.url, '{ globalConfig { allowedModules } }', {}, admin)).globalConfig.allowedModules;
  expect(await modules()).toContain('sqlite3');

  const { result, changes } = await recording(app, () => mutated(app, 'deleteMcpServer', { id: server.id }, admin, 'id'));

  expect(result.id).toBe(server.id);
  for (const table of ['mcp_servers', 'tools', 'tool_versions', 'network_access_requests', 'module_requests'])
    expect(
      await rowsOf(app, sql`select id from ${sql.ref(table)} where id = any(${[server.id, tool.id, asked.id, moduleId]}::uuid[])`),
    ).toEqual([]);
  expect(await approvalOf(app, asked.approval.id, admin)).toMatchObject({ status: 'CANCELLED', subjectName: 'a.example for leaver' });
  expect(await modules()).not.toContain('sqlite3');
  const gone = changes.filter(({ action }) => action.endsWith('.deleted')).map(({ action, before }) => [action, before!.name]);
  expect(gone).toEqual([
    ['tools.tool.deleted', 'leaver'],
    ['tools.mcpServer.deleted', server.name],
  ]);
});

test('a server or tool whose uses have not ended stays', async () => {
  const server = await aServer(app);
  const tool = await aTool(app, { server });
  await aRow(app, ToolExecution, { tool: tool.id, server: server.id, status: 'RUNNING' });

  expect(await refusal('deleteMcpServer', { id: server.id })).toEqual(['PRECONDITION_FAILED']);
  expect((await refused(app, 'deleteTool', { id: tool.id }, admin)).code).toBe('PRECONDITION_FAILED');
  expect(await rowsOf(app, sql`select id from tools where id = ${tool.id}::uuid`)).toHaveLength(1);
});

test('who writes tools does not manage servers', async () => {
  const server = await aServer(app);

  for (const name of ['startMcpServer', 'stopMcpServer', 'deleteMcpServer'])
    expect(await refusal(name, { id: server.id }, author)).toEqual(['FORBIDDEN']);
});
