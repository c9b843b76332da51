import { ref } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { ExternalMcpSource } from '#domains/tools/sources/external-mcp-source.entity.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, signIn, type Auth } from '../../support/client.js';
import { decide } from '../../support/decide.js';
import { ended, execute, executionOf } from '../../support/executions.js';
import { offer, startChangingServer } from '../../support/mcp/changing-server.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { aRole } from '../../support/roles.js';
import { accessesOf, aSecret } from '../../support/secrets.js';
import { setTo } from '../../support/settings.js';
import { aSource, discovered, readSource, sourceNow } from '../../support/sources.js';
import { anApprovedTool, aServer, aTool } from '../../support/tools.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ WORKER_CONCURRENCY: '4' });
const root = await signIn(app.url);
const operator = await signedIn(app, 'operator', ['operator']);
const approver = await signedIn(app, 'approver', ['approver']);
const viewer = await signedIn(app, 'viewer', ['viewer']);
await setTo(app, 'tools.privateHosts', ['127.0.0.1'], root);

const toolsOf = (source: { id: string }): Promise<Record<string, any>[]> =>
  rowsOf(
    app,
    sql`select t.name, t.description, t.approval_status as status, t.current_version as version, t.external_source_id is not null as "isLinked",
        array(select change_source from tool_versions v where v.tool_id = t.id order by version_number) as causes
      from tools t where t.external_source_id = ${source.id}::uuid order by t.name`,
  );

const approve = (name: string): Promise<unknown> =>
  rowsOf(app, sql`update tools set approval_status = 'APPROVED', approved_at = now(), approved_by_name = 'somebody' where name = ${name}`);

test('[mcpbox-44] a server has several sources, and tools that one of them offers are imported selectively, as drafts', async () => {
  const server = await aServer(app);
  const peer = await startChangingServer(offer('one'), offer('two'), offer('three'), offer('four'));
  const create = { server: server.id, name: 'Numbers', url: peer.url };
  const { externalMcpSource: source } = await mutated(
    app,
    'createExternalMcpSource',
    create,
    root,
    'externalMcpSource { id revision status }',
  );
  await mutated(app, 'createExternalMcpSource', { ...create, name: 'Numbers again' }, root);

  const { job } = await discovered(app, source, operator);
  const { toolIds } = await mutated(app, 'importExternalTools', { source: source.id, names: ['four', 'one'] }, operator, 'toolIds');
  const { nodes: tools } = await data(
    app.url,
    `query($ids: [ID!]!) { nodes(ids: $ids) { ... on Tool {
      name type approvalStatus externalToolName inputSchema externalSource { name } versions { nodes { changeSource } } } } }`,
    { ids: toolIds },
    operator,
  );

  expect(job).toMatchObject({ status: 'SUCCEEDED', result: { tools: 4, changed: [], vanished: [], leftOut: [] } });
  expect(tools.map(({ name }: { name: string }) => name)).toEqual(['four', 'one']);
  expect(tools[0]).toEqual({
    name: 'four',
    type: 'MCP_PASSTHROUGH',
    approvalStatus: 'DRAFT',
    externalToolName: 'four',
    inputSchema: offer('four').inputSchema,
    externalSource: { name: 'Numbers' },
    versions: { nodes: [{ changeSource: 'IMPORT' }] },
  });
  const { mcpServer } = await data(
    app.url,
    'query($id: ID!) { mcpServer(id: $id) { externalSources { totalCount } } }',
    { id: server.id },
    root,
  );
  expect(mcpServer.externalSources.totalCount).toBe(2);
});

test('[mcpbox-47] a discovery stores when it took place, how many tools there are, and name, description and schema of each', async () => {
  const peer = await startChangingServer(offer('one'), { name: 'two', inputSchema: { type: 'object' } });
  const source = await aSource(app, { url: peer.url });

  const { result, changes } = await recording(app, () => discovered(app, source, operator));

  const { lastDiscoveredAt, toolCount, discoveredTools, status, statusMessage } = result.source;
  expect(lastDiscoveredAt).toBeInstanceOf(Date);
  expect([toolCount, status, statusMessage]).toEqual([2, 'ACTIVE', null]);
  expect(discoveredTools).toEqual([
    { name: 'one', description: 'Does one', inputSchema: offer('one').inputSchema },
    { name: 'two', description: null, inputSchema: { type: 'object' } },
  ]);
  expect(changes.map(({ action, outcome, actor_username: by }) => [action, outcome, by])).toContainEqual([
    'tools.externalMcpSource.discovered',
    'SUCCESS',
    'signalbox',
  ]);
});

test('an import whose names are partly taken, unknown or doubled imports nothing, and says which', async () => {
  const server = await aServer(app);
  const peer = await startChangingServer(offer('one'), offer('two'), offer('three'));
  const source = await aSource(app, { server, url: peer.url });
  await expect(refused(app, 'importExternalTools', { source: source.id, names: ['one'] }, operator)).resolves.toMatchObject({
    code: 'PRECONDITION_FAILED',
  });
  await discovered(app, source, operator);
  await aTool(app, { server, name: 'two' });

  const taken = await refused(app, 'importExternalTools', { source: source.id, names: ['one', 'two', 'three'] }, operator);
  const unknown = await refused(app, 'importExternalTools', { source: source.id, names: ['one', 'five'] }, operator);
  const doubled = await refused(app, 'importExternalTools', { source: source.id, names: ['one', 'one'] }, operator);

  expect(taken).toEqual({ code: 'CONFLICT', paths: ['input.names'], message: 'The server has tools of these names already: two' });
  expect([unknown.code, unknown.message]).toEqual(['BAD_USER_INPUT', `${source.name} was not found to offer: five`]);
  expect(doubled.code).toBe('BAD_USER_INPUT');
  expect(await toolsOf(source)).toEqual([]);
});

test('a tool that has changed at its source is a new version that somebody has to agree to; one that vanished is told of', async () => {
  const peer = await startChangingServer(offer('stays'), offer('changes'), offer('goes'), offer('drafted'));
  const source = await aSource(app, { url: peer.url, name: 'Fickle' });
  await discovered(app, source, operator);
  await mutated(app, 'importExternalTools', { source: source.id, names: ['stays', 'changes', 'goes', 'drafted'] }, operator);
  for (const name of ['stays', 'changes', 'goes']) await approve(name);

  const same = await discovered(app, source, operator);
  peer.offers = [offer('stays'), offer('changes', 'Does changes', 'integer'), offer('drafted', 'Does something else')];
  const other = await discovered(app, source, operator);
  const again = await discovered(app, source, operator);

  expect(same.job.result).toEqual({ tools: 4, leftOut: [], changed: [], vanished: [] });
  expect(other.job.result).toEqual({ tools: 3, leftOut: [], changed: ['changes', 'drafted'], vanished: ['goes'] });
  expect(other.source).toMatchObject({ status: 'ACTIVE', statusMessage: 'Not offered any more: goes' });
  expect(again.job.result).toMatchObject({ changed: [] });
  expect(await toolsOf(source)).toEqual([
    { name: 'changes', description: 'Does changes', status: 'PENDING_REVIEW', version: 2, isLinked: true, causes: ['IMPORT', 'IMPORT'] },
    { name: 'drafted', description: 'Does something else', status: 'DRAFT', version: 2, isLinked: true, causes: ['IMPORT', 'IMPORT'] },
    { name: 'goes', description: 'Does goes', status: 'APPROVED', version: 1, isLinked: true, causes: ['IMPORT'] },
    { name: 'stays', description: 'Does stays', status: 'APPROVED', version: 1, isLinked: true, causes: ['IMPORT'] },
  ]);
});

test('what is run of a tool elsewhere is what its version names, and no change of this moment', async () => {
  const peer = await startChangingServer(offer('agreed'), offer('other'));
  peer.call = (name) => ({ content: [{ type: 'text', text: name }] });
  const source = await aSource(app, { url: peer.url });
  await discovered(app, source, operator);
  const { toolIds } = await mutated(app, 'importExternalTools', { source: source.id, names: ['agreed'] }, operator, 'toolIds');
  await approve('agreed');
  // As a change between the look at the tool and its run would leave it.
  await rowsOf(app, sql`update tools set external_tool_name = 'other' where id = ${toolIds[0]}::uuid`);

  const { id } = await execute(app, { tool: toolIds[0], parameters: { word: 'a' } }, operator);

  expect(await ended(app, id, operator)).toMatchObject({ status: 'SUCCEEDED', result: { content: [{ type: 'text', text: 'agreed' }] } });
}, 60_000);

test('[mcpbox-26] the tools of a source that is deleted stay without it, and a source that moves has its tools agreed to again', async () => {
  const peer = await startChangingServer(offer('moved'));
  const source = await aSource(app, { url: peer.url });
  await discovered(app, source, operator);
  await mutated(app, 'importExternalTools', { source: source.id, names: ['moved'] }, operator);
  await approve('moved');

  const change = async (values: object) =>
    mutated(app, 'updateExternalMcpSource', { id: source.id, expectedRevision: (await sourceNow(app, source)).revision, ...values }, root);
  await change({ name: 'Still there' });
  expect(await toolsOf(source)).toMatchObject([{ name: 'moved', status: 'APPROVED' }]);
  await change({ url: 'https://elsewhere.example.com/mcp' });
  expect(await toolsOf(source)).toMatchObject([{ name: 'moved', status: 'PENDING_REVIEW' }]);
  await approve('moved');
  await change({ authType: 'BEARER', authSecretName: 'API_KEY' });
  expect(await toolsOf(source)).toMatchObject([{ name: 'moved', status: 'PENDING_REVIEW' }]);

  await mutated(app, 'deleteExternalMcpSource', { id: source.id }, root, 'id');
  const [tool] = await rowsOf(app, sql`select external_source_id, external_tool_name from tools where name = 'moved'`);
  expect(tool).toEqual({ external_source_id: null, external_tool_name: 'moved' });
});

test('what waits, and what is known, belongs to the agreement of its time: at another address neither is run nor answers', async () => {
  const peer = await startChangingServer(offer('settled'));
  const server = await aServer(app, { status: 'RUNNING' });
  const source = await aSource(app, { server, url: peer.url });
  const tool = (requiresApproval: boolean) =>
    anApprovedTool(app, {
      ...{ server, type: 'MCP_PASSTHROUGH', pythonCode: null, externalToolName: 'settled', cacheTtlMs: 600_000, requiresApproval },
      externalSource: ref(app.system.database.fork().getReference(ExternalMcpSource, source.id)),
    });
  const [free, guarded] = [await tool(false), await tool(true)];
  await ended(app, (await execute(app, { tool: free.id }, operator)).id, operator);
  const waiting = await execute(app, { tool: guarded.id }, operator);

  const elsewhere = await startChangingServer(offer('settled'));
  const change = { id: source.id, expectedRevision: (await sourceNow(app, source)).revision, url: elsewhere.url };
  await mutated(app, 'updateExternalMcpSource', change, root);
  for (const { id } of [free, guarded]) {
    const { tool: now } = await data(app.url, 'query($id: ID!) { tool(id: $id) { approval { id } } }', { id }, root);
    await decide(app, now.approval.id, approver);
  }
  expect((await execute(app, { tool: free.id }, operator)).isCached).toBe(false);
  expect(await executionOf(app, waiting.id, operator)).toMatchObject({
    status: 'CANCELLED',
    error: `${source.name} has moved to another address`,
    approval: { status: 'CANCELLED' },
  });
});

test('[mcpbox-28] a source names a secret of its server that need not be there, and shows it to whom the secret is shown', async () => {
  const server = await aServer(app);
  const source = await aSource(app, { server, authType: 'BEARER', authSecretName: 'API_KEY' });
  await aSource(app, { server });
  expect(await readSource(app, source, 'authSecretName authSecret { id }', root)).toEqual({ authSecretName: 'API_KEY', authSecret: null });

  const secret = await aSecret(app, null, { name: 'API_KEY', serverId: server.id, value: 'hush hush' });
  await aSecret(app, null, { name: 'API_KEY', serverId: (await aServer(app)).id, value: 'another' });

  expect(await readSource(app, source, 'authSecret { id name }', root)).toEqual({ authSecret: { id: secret.id, name: 'API_KEY' } });
  expect(await readSource(app, source, 'authSecretName authSecret { id }', viewer)).toEqual({
    authSecretName: 'API_KEY',
    authSecret: null,
  });
});

test('a tool of a source whose secret asks for a permission is run for nobody who lacks it', async () => {
  const peer = await startChangingServer(offer('guarded'));
  const server = await aServer(app, { status: 'RUNNING' });
  const secret = await aSecret(app, null, { name: 'API_KEY', serverId: server.id, value: 'hush hush' });
  const source = await aSource(app, { server, url: peer.url, authType: 'BEARER', authSecretName: 'API_KEY' });
  const tool = await anApprovedTool(app, {
    ...{ server, type: 'MCP_PASSTHROUGH', pythonCode: null, externalToolName: 'guarded' },
    externalSource: ref(app.system.database.fork().getReference(ExternalMcpSource, source.id)),
  });
  const run = async (auth: Auth) => ended(app, (await execute(app, { tool: tool.id }, auth)).id, auth);
  expect((await run(operator)).status).toBe('SUCCEEDED');

  await rowsOf(app, sql`update secrets set required_permission = 'audit:read' where id = ${secret.id}`);

  expect(await run(operator)).toMatchObject({
    status: 'FAILED',
    error: `The secret API_KEY of the source ${source.name} asks for the permission audit:read, which operator does not have`,
  });
  expect((await accessesOf(app, 'API_KEY')).at(-1)).toEqual({
    by: 'operator',
    type: 'READ',
    ok: false,
    detail: `a tool of the MCP server ${source.name}: This needs the permission audit:read`,
  });
  expect((await run(root)).status).toBe('SUCCEEDED');
});

test('[mcpbox-45] what does not belong to a way to show who one is, or would leave in the open, is refused with its place', async () => {
  const { id: server } = await aServer(app);
  const create = (values: object) =>
    refused(app, 'createExternalMcpSource', { server, name: 'A source', url: 'https://a.example.com/mcp', ...values }, root);

  const wrong: [object, string][] = [
    [{ url: 'http://a.example.com/mcp' }, 'input.url'],
    [{ url: 'https://user:word@a.example.com/mcp' }, 'input.url'],
    [{ url: 'file:///etc/passwd' }, 'input.url'],
    [{ name: ' ' }, 'input.name'],
    [{ authType: 'BEARER' }, 'input.authSecretName'],
    [{ authType: 'NONE', authSecretName: 'X' }, 'input.authSecretName'],
    [{ authType: 'BEARER', authSecretName: 'X', authHeaderName: 'x-key' }, 'input.authHeaderName'],
    [{ authType: 'HEADER', authSecretName: 'X', authHeaderName: 'Host' }, 'input.authHeaderName'],
    [{ authType: 'HEADER', authSecretName: 'X', authHeaderName: 'a: b' }, 'input.authHeaderName'],
    [{ authType: 'NONE', oauthClientId: 'X' }, 'input.oauthClientId'],
  ];
  for (const [values, path] of wrong)
    expect(await create(values), JSON.stringify(values)).toMatchObject({ code: 'BAD_USER_INPUT', paths: [path] });

  const { externalMcpSource } = await mutated(
    app,
    'createExternalMcpSource',
    { server, name: 'By header', url: 'https://a.example.com/mcp', authType: 'HEADER', authSecretName: 'X' },
    root,
    'externalMcpSource { authType authHeaderName hasOauthTokens oauthExpiresAt }',
  );
  expect(externalMcpSource).toEqual({ authType: 'HEADER', authHeaderName: null, hasOauthTokens: false, oauthExpiresAt: null });
});

test('nobody sends a secret elsewhere who may not read it, and only who manages tools makes, changes and deletes sources', async () => {
  const server = await aServer(app);
  await aSecret(app, null, { name: 'PRECIOUS', serverId: server.id, value: 'hush hush', requiredPermission: 'provider:manage' });
  await aRole(app, 'tool-manager', ['tool:read', 'tool:manage']);
  const manager = await signedIn(app, 'manager', ['tool-manager']);
  const source = await aSource(app, { server });
  const values = { server: server.id, name: 'Mine', url: 'https://a.example.com/mcp', authType: 'BEARER', authSecretName: 'PRECIOUS' };

  await aRole(app, 'revealer', ['tool:read', 'tool:manage', 'secret:reveal']);
  const revealer = await signedIn(app, 'revealer', ['revealer']);
  const takes = (permission: string, name = 'PRECIOUS') => `To have a source use the secret ${name} takes the permission ${permission}`;

  for (const authSecretName of ['PRECIOUS', 'NOT_YET'])
    expect((await refused(app, 'createExternalMcpSource', { ...values, authSecretName }, manager)).message).toBe(
      takes('secret:reveal', authSecretName),
    );
  expect((await refused(app, 'createExternalMcpSource', values, revealer)).message).toBe(takes('provider:manage'));
  for (const auth of [operator, viewer]) {
    expect((await refused(app, 'createExternalMcpSource', values, auth)).code).toBe('FORBIDDEN');
    expect((await refused(app, 'deleteExternalMcpSource', { id: source.id }, auth)).code).toBe('FORBIDDEN');
  }
  expect((await refused(app, 'discoverExternalTools', { source: source.id }, viewer)).code).toBe('FORBIDDEN');
});

test('a source that was switched off is not asked until it is switched on again; a stale change is a conflict', async () => {
  const peer = await startChangingServer(offer('one'));
  const source = await aSource(app, { url: peer.url });
  const off = { id: source.id, expectedRevision: 1, status: 'DISABLED' };
  await mutated(app, 'updateExternalMcpSource', off, root);

  expect((await refused(app, 'discoverExternalTools', { source: source.id }, operator)).code).toBe('PRECONDITION_FAILED');
  expect((await refused(app, 'updateExternalMcpSource', { ...off, status: 'ACTIVE' }, root)).code).toBe('CONFLICT');
  expect((await refused(app, 'updateExternalMcpSource', { ...off, expectedRevision: 2, status: 'ERROR' }, root)).paths).toEqual([
    'input.status',
  ]);
  await mutated(app, 'updateExternalMcpSource', { ...off, expectedRevision: 2, status: 'ACTIVE' }, root);

  expect((await discovered(app, source, operator)).source.toolCount).toBe(1);
});

test('sources whose list has grown old are asked again by themselves, unless nobody ever asked them or they are off', async () => {
  const peer = await startChangingServer(offer('one'));
  const long = new Date(Date.now() - 48 * 3_600_000);
  const old = await aSource(app, { url: peer.url, lastDiscoveredAt: long });
  await aSource(app, { url: peer.url });
  await aSource(app, { url: peer.url, lastDiscoveredAt: long, status: 'DISABLED' });

  const { errors } = await mutate(app, 'enqueueJob', { name: 'upkeep.rediscover-mcp-tools' }, root);
  expect(errors).toBeUndefined();
  await expect.poll(async () => (await sourceNow(app, old)).toolCount, { timeout: 30_000 }).toBe(1);

  const jobs = await rowsOf(
    app,
    sql`select parameters->>'source' as source, requested_by_name as by from jobs where name = 'upkeep.discover-mcp-tools' and requested_by_id is null`,
  );
  expect(jobs).toEqual([{ source: old.id, by: 'signalbox' }]);
});
