import { expect, test } from 'vitest';
import { ActivityRecorder } from '#domains/observability/index.js';
import { startTestApp } from '../support/app.js';
import { data } from '../support/client.js';
import { decide } from '../support/decide.js';
import { executionOf, followExecution } from '../support/executions.js';
import { TestFeed } from '../support/feed.js';
import { aMachine } from '../support/machine.js';
import { mcpClient } from '../support/mcp.js';
import { openSql } from '../support/probe.js';
import { anApprovedTool, aServer } from '../support/tools.js';
import { signedIn } from '../support/users.js';

const code = `
import signalbox

async def main(name: str, password: str):
    print(f"greeting {name} with {password}")
    await signalbox.progress(50, "half way")
    return {"greeting": f"Hello {name}"}
`;

test('[mcpbox-61] an agent calls a risky tool, a human agrees, the sandbox runs it, and all of it can be told afterwards', async () => {
  const app = await startTestApp();
  const sql = await openSql(app.databaseUrl);
  const operator = await signedIn(app, 'otto', ['operator']);
  const approver = await signedIn(app, 'anna', ['approver']);
  const agent = await aMachine(app, operator, ['tool:execute']);
  const server = await aServer(app, { slug: 'greeter', status: 'RUNNING' });
  const inputSchema = {
    type: 'object',
    properties: { name: { type: 'string' }, password: { type: 'string' } },
    required: ['name', 'password'],
  };
  await anApprovedTool(app, { server, name: 'greet', pythonCode: code, inputSchema, riskLevel: 'HIGH' });
  const queue = new TestFeed(
    app.url,
    'subscription { approvalEvents { state cursor items { kind approval { id kind subjectName requesterName riskLevel justification } } } }',
    {},
    approver,
    'approvalEvents',
  );
  await queue.until('a page', ({ pages }) => pages.length > 0);
  const client = await mcpClient(app, 'greeter', agent);

  const answer = await client.callTool({
    name: 'greet',
    arguments: { name: 'Ada', password: 'hunter2hunter2' },
    _meta: { 'signalbox/justification': 'She has arrived' },
  });
  const pending = answer.structuredContent as Record<string, string>;
  expect(pending).toMatchObject({ status: 'WAITING_APPROVAL' });

  await queue.until('the request', ({ items }) => items.length > 0);
  expect(queue.items[0]!.approval).toMatchObject({
    id: pending.approvalId,
    kind: 'TOOL_EXECUTION',
    subjectName: 'greet',
    requesterName: 'otto',
    riskLevel: 'HIGH',
    justification: 'She has arrived',
  });
  const feed = followExecution(app, pending.executionId!, operator);
  await feed.until('a page', ({ pages }) => pages.length > 0);
  await decide(app, pending.approvalId!, approver);

  const awaited = await client.callTool(
    { name: 'signalbox_await_execution', arguments: { executionId: pending.executionId, timeoutSeconds: 120 } },
    undefined,
    {
      timeout: 150_000,
    },
  );
  expect(awaited.structuredContent).toMatchObject({ status: 'SUCCEEDED', result: { greeting: 'Hello Ada' } });
  await feed.ended(60_000);
  expect(feed.items.filter(({ kind }) => kind === 'OUTPUT').map(({ message }) => message)).toEqual(['greeting Ada with [redacted]']);
  expect(await executionOf(app, pending.executionId!, operator)).toMatchObject({
    status: 'SUCCEEDED',
    parameters: { name: 'Ada', password: '[redacted]' },
    result: { greeting: 'Hello Ada' },
  });

  const trail = await data(
    app.url,
    'query($id: ID!) { toolExecution(id: $id) { auditEntries(first: 50) { nodes { action actorUsername } } } }',
    { id: pending.executionId },
    await signedIn(app, 'adam', ['admin']),
  );
  const told = trail.toolExecution.auditEntries.nodes.map(
    ({ action, actorUsername }: Record<string, string>) => `${actorUsername} ${action}`,
  );
  expect(told).toEqual(
    expect.arrayContaining([
      'otto tools.toolExecution.requested',
      'otto approvals.approval.requested',
      'anna tools.toolExecution.released',
    ]),
  );
  await app.system.services.get(ActivityRecorder).flush();
  const stored = await sql(
    `select (select json_agg(a) from activity_logs a)::text as activity, (select json_agg(c) from changes c)::text as changes`,
  );
  expect(stored[0]!.activity).toContain('tools/call greet');
  expect(JSON.stringify(stored)).not.toContain('hunter2');
  await Promise.all([queue.stop(), feed.stop()]);
}, 240_000);
