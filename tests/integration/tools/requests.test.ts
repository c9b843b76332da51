import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { baseModules } from '#domains/tools/sandbox/modules.js';
import { startTestApp } from '../../support/app.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, type Auth } from '../../support/client.js';
import { approvalOf, decide } from '../../support/decide.js';
import { mutated, refused } from '../../support/mutation.js';
import { aServer, aTool, grantedHost } from '../../support/tools.js';
import { signedIn } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const admin = await signedIn(app, 'adam', ['admin']);
const author = await signedIn(app, 'olga', ['operator']);
const approver = await signedIn(app, 'anna', ['approver']);
const second = await signedIn(app, 'bert', ['approver']);

const shared =
  'id status justification requestedByName reviewedAt reviewedByName rejectionReason revokedAt isInForce approval { id status } tool { id } server { id }';
const hostFields = `networkAccessRequest { ${shared} host port }`;
const moduleFields = `moduleRequest { ${shared} moduleName }`;
const justification = 'It asks for the weather';
const askHost = async (input: object, auth: Auth = author): Promise<Record<string, any>> =>
  (await mutated(app, 'requestNetworkAccess', { justification, ...input }, auth, hostFields)).networkAccessRequest;
const askModule = async (input: object, auth: Auth = author): Promise<Record<string, any>> =>
  (await mutated(app, 'requestModule', { justification, ...input }, auth, moduleFields)).moduleRequest;
const hostRequest = async (id: string): Promise<Record<string, any>> =>
  (await data(app.url, `query($id: ID!) { networkAccessRequest(id: $id) { ${shared} host port } }`, { id }, admin)).networkAccessRequest;
const hostsOf = async (id: string): Promise<string[]> =>
  (await data(app.url, 'query($id: ID!) { mcpServer(id: $id) { allowedHosts } }', { id }, admin)).mcpServer.allowedHosts;
const modules = async (): Promise<string[]> =>
  (await data(app.url, '{ globalConfig { allowedModules } }', {}, admin)).globalConfig.allowedModules;
const requests = () =>
  rowsOf(
    app,
    sql`select (select json_agg(n order by n.id) from network_access_requests n) as hosts, (select json_agg(m order by m.id) from module_requests m) as modules`,
  );
const refusal = async (name: string, input: object, auth: Auth = author) => {
  const before = await requests();
  const answer = await refused(app, name, input, auth);
  expect(await requests()).toEqual(before);
  return answer;
};

test('[mcpbox-14] [mcpbox-48] a tool asks for a host with a reason: the request has its server, and an approval', async () => {
  const tool = await aTool(app);

  const { result: request, changes } = await recording(app, () => askHost({ tool: tool.id, host: 'API.Example.com.', port: 443 }));

  expect(request).toEqual({
    id: expect.any(String),
    host: 'api.example.com',
    port: 443,
    status: 'PENDING',
    justification,
    requestedByName: 'olga',
    reviewedAt: null,
    reviewedByName: null,
    rejectionReason: null,
    revokedAt: null,
    isInForce: false,
    approval: { id: expect.any(String), status: 'PENDING' },
    tool: { id: tool.id },
    server: { id: tool.server!.id },
  });
  expect(await approvalOf(app, request.approval.id, approver)).toMatchObject({
    kind: 'NETWORK_ACCESS',
    riskLevel: 'MEDIUM',
    justification,
    subjectName: `api.example.com:443 for ${tool.name}`,
  });
  expect(changes.map(({ action }) => action)).toContain('tools.networkAccessRequest.created');
});

test('[mcpbox-15] an administrator asks for a server, or for a module for all; who only writes tools does not', async () => {
  const { id } = await aServer(app);

  expect(await askHost({ server: id, host: '10.0.0.1' }, admin)).toMatchObject({ tool: null, server: { id }, port: null });
  expect(await askModule({ moduleName: 'xml.etree.ElementTree' }, admin)).toMatchObject({ tool: null, server: null });
  expect((await refusal('requestNetworkAccess', { server: id, host: 'b.example', justification })).code).toBe('FORBIDDEN');
  expect((await refusal('requestModule', { moduleName: 'sqlite3', justification })).code).toBe('FORBIDDEN');
});

test('[mcpbox-06] [mcpbox-08] [mcpbox-48] an approved host is allowed, a refused one is not, and both say who decided', async () => {
  const tool = await aTool(app);
  const yes = await askHost({ tool: tool.id, host: 'yes.example', port: 443 });
  const no = await askHost({ tool: tool.id, host: 'no.example' });

  await decide(app, yes.approval.id, approver);
  await decide(app, no.approval.id, approver, 'REJECTED', 'Not that one');

  expect(await hostsOf(tool.server!.id)).toEqual(['yes.example:443']);
  expect(await hostRequest(yes.id)).toMatchObject({
    status: 'APPROVED',
    isInForce: true,
    reviewedByName: 'anna',
    reviewedAt: expect.any(String),
  });
  expect(await hostRequest(no.id)).toMatchObject({
    status: 'REJECTED',
    isInForce: false,
    reviewedByName: 'anna',
    rejectionReason: 'Not that one',
  });
});

test('[mcpbox-05] [mcpbox-07] an approved module is allowed for all code, until it is revoked', async () => {
  const tool = await aTool(app);
  const { id, approval } = await askModule({ tool: tool.id, moduleName: 'zipfile' });
  const before = await modules();
  await decide(app, approval.id, approver);
  const during = await modules();

  const { changes } = await recording(app, () => mutated(app, 'revokeModule', { id, reason: 'Not needed any more' }, admin));

  expect([before, during, await modules()].map((names) => names.includes('zipfile'))).toEqual([false, true, false]);
  expect(changes.map(({ action, message }) => [action, message])).toEqual([['tools.moduleRequest.revoked', 'Not needed any more']]);
  expect(await approvalOf(app, approval.id, admin)).toMatchObject({ status: 'APPROVED' });
});

test('[mcpbox-07] [mcpbox-50] what comes with Signalbox is allowed by requests too, and what every tool may import cannot be revoked', async () => {
  const names = await modules();
  const [row] = await rowsOf<{ id: string }>(app, sql`select id from module_requests where module_name = 'json'`);

  expect(names).toEqual([...baseModules, 'zoneinfo'].sort());
  expect((await refusal('revokeModule', { id: row!.id }, admin)).code).toBe('PRECONDITION_FAILED');
});

test('[mcpbox-16] [mcpbox-17] [mcpbox-19] nobody asks twice for what waits, and a tool and its server ask for themselves', async () => {
  const tool = await aTool(app);
  const server = tool.server!.id;
  await askHost({ tool: tool.id, host: 'twice.example' });
  await askHost({ tool: tool.id, host: 'twice.example', port: 443 });
  await askHost({ server, host: 'twice.example' }, admin);
  await askModule({ tool: tool.id, moduleName: 'tarfile' });
  await askModule({ moduleName: 'tarfile' }, admin);

  const repeated = [
    await refusal('requestNetworkAccess', { tool: tool.id, host: 'TWICE.example', justification }),
    await refusal('requestNetworkAccess', { tool: tool.id, host: 'twice.example', port: 443, justification }),
    await refusal('requestNetworkAccess', { server, host: 'twice.example', justification }, admin),
    await refusal('requestModule', { tool: tool.id, moduleName: 'tarfile', justification }),
    await refusal('requestModule', { moduleName: 'tarfile', justification }, admin),
  ];

  expect(repeated.map(({ code, message }) => [code, message.includes('waits already')])).toEqual(repeated.map(() => ['CONFLICT', true]));
});

test('[mcpbox-18] what is decided does not stand in the way, and what is allowed is told', async () => {
  const [one, other] = [await aTool(app), await aTool(app)];
  const first = await askHost({ tool: one.id, host: 'again.example', port: 443 });
  await decide(app, first.approval.id, approver, 'REJECTED', 'Say more');
  const again = await askHost({ tool: one.id, host: 'again.example', port: 443, justification: 'More' });
  await decide(app, again.approval.id, approver);
  const server = await aServer(app);
  await grantedHost(app, server);

  expect(await refusal('requestNetworkAccess', { tool: one.id, host: 'again.example', port: 443, justification })).toMatchObject({
    code: 'CONFLICT',
    message: 'again.example:443 is allowed already',
  });
  expect(
    await refusal('requestNetworkAccess', { server: server.id, host: 'api.example.com', port: 443, justification }, admin),
  ).toMatchObject({
    code: 'CONFLICT',
  });
  expect((await askHost({ tool: other.id, host: 'again.example', port: 443 })).status).toBe('PENDING');
});

test.each([
  ['a URL', 'requestNetworkAccess', { host: 'https://a.example' }, ['input.host']],
  ['a pattern', 'requestNetworkAccess', { host: '*.a.example' }, ['input.host']],
  ['a port that is none', 'requestNetworkAccess', { host: 'a.example', port: 65_536 }, ['input.port']],
  ['no reason', 'requestNetworkAccess', { host: 'a.example', justification: '  ' }, ['input.justification']],
  ['a module that the sandbox does not have', 'requestModule', { moduleName: 'numpy' }, ['input.moduleName']],
  ['a module that is none', 'requestModule', { moduleName: 'xml; import os' }, ['input.moduleName']],
])('%s is refused at its place', async (_case, name, input, paths) => {
  const tool = await aTool(app);

  expect(await refusal(name, { tool: tool.id, justification, ...input })).toMatchObject({ code: 'BAD_USER_INPUT', paths });
});

test('a module that every tool may import need not be asked for, and a tool without a server reaches no host', async () => {
  const tool = await aTool(app, { server: null });

  expect(await refusal('requestModule', { tool: tool.id, moduleName: 'json', justification })).toMatchObject({ code: 'CONFLICT' });
  expect(await refusal('requestNetworkAccess', { tool: tool.id, host: 'a.example', justification })).toMatchObject({
    code: 'PRECONDITION_FAILED',
  });
});

test('[mcpbox-08] a revoked host is not allowed any more, unless another request allows it', async () => {
  const server = await aServer(app);
  const one = await grantedHost(app, server);
  const other = await grantedHost(app, server);

  await mutated(app, 'revokeNetworkAccess', { id: one.id, reason: 'Gone' }, admin);
  const between = await hostsOf(server.id);
  await mutated(app, 'revokeNetworkAccess', { id: other.id }, admin);

  expect([between, await hostsOf(server.id)]).toEqual([['api.example.com:443'], []]);
  expect(await hostRequest(one.id)).toMatchObject({ status: 'APPROVED', isInForce: false, revokedAt: expect.any(String) });
  expect(await refusal('revokeNetworkAccess', { id: one.id }, admin)).toMatchObject({ code: 'PRECONDITION_FAILED' });
});

test('[mcpbox-08] what a deleted tool had asked for is not allowed any more', async () => {
  const server = await aServer(app);
  const tool = await aTool(app, { server });
  await grantedHost(app, server, { tool: tool as never, host: 'tool.example' });
  await grantedHost(app, server, { host: 'server.example' });
  const before = await hostsOf(server.id);

  await mutated(app, 'deleteTool', { id: tool.id }, admin);

  expect([before, await hostsOf(server.id)]).toEqual([['server.example:443', 'tool.example:443'], ['server.example:443']]);
});

test('of approvals at the same instant, each counts', async () => {
  const tool = await aTool(app);
  const asked: string[] = [];
  for (const n of [1, 2, 3, 4, 5, 6]) asked.push((await askHost({ tool: tool.id, host: `h${n}.example`, port: 443 })).approval.id);

  await Promise.all(asked.map((id, i) => decide(app, id, i % 2 === 0 ? approver : second)));

  expect(await hostsOf(tool.server!.id)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `h${n}.example:443`));
});

test('what is asked for cannot be approved by who asked, and is approved as it was seen', async () => {
  const { id: serverId } = await aServer(app);
  const { id, approval } = await askHost({ server: serverId, host: 'own.example' }, admin);
  const { digest } = await approvalOf(app, approval.id, admin);

  expect((await refusal('decideApproval', { id: approval.id, digest, verdict: 'APPROVED' }, admin)).code).toBe('FORBIDDEN');
  await rowsOf(app, sql`update network_access_requests set host = 'evil.example' where id = ${id}::uuid`);
  expect((await refusal('decideApproval', { id: approval.id, digest, verdict: 'APPROVED' }, approver)).code).toBe('PRECONDITION_FAILED');
  expect(await hostsOf(serverId)).toEqual([]);
});

test('which approval lets a server reach a host is told', async () => {
  const tool = await aTool(app);
  const request = await askHost({ tool: tool.id, host: 'why.example', port: 443 });
  await decide(app, request.approval.id, approver);
  const query =
    'query($id: ID!, $host: String!, $port: Int) { mcpServer(id: $id) { accessTo(host: $host, port: $port) { requestId approvalId host port toolName justification requestedByName reviewedByName reviewedAt } } }';
  const accessTo = async (host: string, port?: number) =>
    (await data(app.url, query, { id: tool.server!.id, host, port }, author)).mcpServer.accessTo;

  expect(await accessTo('WHY.example', 443)).toEqual([
    {
      requestId: request.id,
      approvalId: request.approval.id,
      host: 'why.example',
      port: 443,
      toolName: tool.name,
      justification,
      requestedByName: 'olga',
      reviewedByName: 'anna',
      reviewedAt: (await hostRequest(request.id)).reviewedAt,
    },
  ]);
  expect([await accessTo('why.example', 80), await accessTo('other.example')]).toEqual([[], []]);
  expect(await accessTo('why.example')).toHaveLength(1);
});

test('the list of requests is filtered by what is in force', async () => {
  const server = await aServer(app);
  const one = await grantedHost(app, server);
  await grantedHost(app, server, { host: 'gone.example', revokedAt: new Date() });
  const query =
    'query($server: ID!) { networkAccessRequests(filter: { server: { eq: $server }, isInForce: { eq: true } }) { nodes { id } } }';

  expect((await data(app.url, query, { server: server.id }, author)).networkAccessRequests.nodes).toEqual([{ id: one.id }]);
});
