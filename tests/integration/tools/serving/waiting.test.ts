import { expect, test, vi } from 'vitest';
import { ActivityRecorder } from '#domains/observability/index.js';
import { authHeaders, graphql } from '../../../support/client.js';
import { startTestApp, type TestApp } from '../../../support/app.js';
import { decide } from '../../../support/decide.js';
import { ended, executionOf } from '../../../support/executions.js';
import { aMachine } from '../../../support/machine.js';
import { mcpClient, mcpPost } from '../../../support/mcp.js';
import { eventually, openSql } from '../../../support/probe.js';
import { setTo } from '../../../support/settings.js';
import { anApprovedTool, aServer } from '../../../support/tools.js';
import { signedIn } from '../../../support/users.js';

vi.setConfig({ testTimeout: 90_000 });

const app = await startTestApp();
const sql = await openSql(app.databaseUrl);
const operator = await signedIn(app, 'otto', ['operator']);
const approver = await signedIn(app, 'anna', ['approver']);
const root = await signedIn(app, 'root', [], { isSuperuser: true });
const agent = await aMachine(app, operator, ['tool:execute']);
const server = await aServer(app, { status: 'RUNNING' });
// What it runs is not what these tests are about, so that no Python has to be started.
const operation = { type: 'TOOLKIT_OPERATION', pythonCode: null, operation: 'upkeep.trimJobs' } as const;
await anApprovedTool(app, { ...operation, server, name: 'sweep', requiresApproval: true });

const call = (justification: string) => ({
  name: 'sweep',
  arguments: {},
  _meta: { 'signalbox/wait': true, 'signalbox/justification': justification },
});
const waitingFor = (justification: string) =>
  eventually(
    'the call to wait',
    () =>
      sql<{ id: string; subject_id: string }>(`select id, subject_id from approvals where status = 'PENDING' and justification = $1`, [
        justification,
      ]),
    (found) => found.length === 1,
  );
const followersOf = (of: TestApp) => of.system.bell.listening;

test('a client that leaves in the middle of a call leaves nothing behind, and what it has asked for goes on', async () => {
  const before = followersOf(app);
  const leaving = new AbortController();
  const left = fetch(`${app.url}/mcp/${server.slug}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...authHeaders(agent) },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call('It leaves') }),
    signal: leaving.signal,
  }).then((response) => response.text());
  const [approval] = await waitingFor('It leaves');

  leaving.abort();

  await expect(left).rejects.toThrow();
  await eventually(
    'the log to tell',
    async () => {
      await app.system.services.get(ActivityRecorder).flush();
      return sql(`select level from activity_logs where message = 'The client left before the answer'`);
    },
    (rows) => rows.length === 1 && rows[0]!.level === 'WARN',
  );
  await eventually(
    'nobody to follow',
    async () => followersOf(app),
    (now) => now === before,
  );
  expect(await executionOf(app, approval!.subject_id, operator)).toMatchObject({ status: 'WAITING_APPROVAL' });
  await decide(app, approval!.id, approver);
  expect(await ended(app, approval!.subject_id, operator)).toMatchObject({ status: 'SUCCEEDED', result: { jobs: 0 } });
});

test('calls that wait when Signalbox stops are answered with where they stand, and can be awaited at another process', async () => {
  const other = await startTestApp({ DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir, ROLE: 'api' });
  const client = await mcpClient(other, server.slug, agent);
  const waiting = client.callTool(call('It stops'));
  const [approval] = await waitingFor('It stops');

  await other.stop();

  const { structuredContent } = await waiting;
  expect(structuredContent).toMatchObject({ status: 'WAITING_APPROVAL', executionId: approval!.subject_id });
  await decide(app, approval!.id, approver);
  const again = await mcpClient(app, server.slug, agent);
  const awaited = await again.callTool({ name: 'signalbox_await_execution', arguments: { executionId: approval!.subject_id } });
  expect(awaited.structuredContent).toMatchObject({ status: 'SUCCEEDED' });
});

test('who asks for too much over MCP is told when to come back, and nothing is run', async () => {
  const heavy = await aMachine(app, await signedIn(app, 'hans', ['operator']), ['tool:execute']);
  await setTo(app, 'limits.pointsPerMinute', 1_000, root);
  const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
  const runs = async () => (await sql('select count(*)::int as n from tool_executions'))[0]!.n;
  const before = await runs();

  // What it owes then takes longer than a minute to be forgotten.
  const costly = `{ ${['a', 'b', 'c', 'd'].map((alias) => `${alias}: sessions(first: 500) { nodes { id } }`).join(' ')} }`;
  expect((await graphql(app.url, costly, {}, heavy)).errors).toBeUndefined();
  expect((await mcpPost(app, server.slug, list, authHeaders(heavy))).status).toBe(429);
  const refused = await mcpPost(
    app,
    server.slug,
    { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'sweep', arguments: {} } },
    authHeaders(heavy),
  );

  expect(refused.status).toBe(429);
  expect(JSON.parse(refused.text).error).toMatchObject({ data: { code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) } });
  expect(await runs()).toBe(before);
  expect((await mcpPost(app, server.slug, list, authHeaders(agent))).status).toBe(200);
});
