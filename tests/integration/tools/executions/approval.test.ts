import { expect, test } from 'vitest';
import { startTestApp } from '../../../support/app.js';
import { data, signIn, type Auth } from '../../../support/client.js';
import { aMachine } from '../../../support/machine.js';
import { ended, execute, executionOf, followExecution } from '../../../support/executions.js';
import { mutate, mutated } from '../../../support/mutation.js';
import { eventually, openSql } from '../../../support/probe.js';
import { anApprovedTool } from '../../../support/tools.js';
import { signedIn } from '../../../support/users.js';

const app = await startTestApp();
const sql = await openSql(app.databaseUrl);
const root = await signIn(app.url);
const operator = await signedIn(app, 'otto', ['operator']);
const approver = await signedIn(app, 'anna', ['approver']);

// What it runs is not what these tests are about, so that no Python has to be started.
const operation = { type: 'TOOLKIT_OPERATION', pythonCode: null, operation: 'upkeep.trimJobs', requiresApproval: true } as const;
const waiting = async (values: object = {}, input: object = {}) => {
  const tool = await anApprovedTool(app, { ...operation, ...values });
  return { tool, execution: await execute(app, { tool: tool.id, ...input }, operator) };
};
const decide = (approval: { id: string; digest: string }, verdict: string, more: object = {}, auth: Auth = approver) =>
  mutate(app, 'decideApproval', { id: approval.id, digest: approval.digest, verdict, ...more }, auth, 'approval { status }');
const statusesOf = async (id: string) => {
  const rows = await sql(
    `select e.status as execution, j.status as job, a.status as approval from tool_executions e left join jobs j on j.id = e.job_id
      left join approvals a on a.id = e.approval_id where e.id = $1`,
    [id],
  );
  return rows[0]!;
};
const endsOf = async (id: string) =>
  (await sql(`select status from tool_execution_events where execution_id = $1 and kind = 'STATUS' order by seq`, [id])).map(
    ({ status }) => status,
  );

test('what waits for a human goes on with its job in the moment in which somebody agrees, and is followed all the way', async () => {
  const { execution } = await waiting({}, { justification: 'The disk is full' });
  expect(execution).toMatchObject({ status: 'WAITING_APPROVAL', requiresApproval: true, job: { status: 'WAITING_APPROVAL' } });
  const feed = followExecution(app, execution.id, operator, execution.cursor);

  await decide(execution.approval, 'APPROVED');

  await feed.ended(60_000);
  expect(feed.items.filter(({ kind }) => kind === 'STATUS').map(({ status }) => status)).toEqual([
    'WAITING_APPROVAL',
    'QUEUED',
    'RUNNING',
    'SUCCEEDED',
  ]);
  expect(await executionOf(app, execution.id, operator)).toMatchObject({ result: { jobs: 0 }, approval: { status: 'APPROVED' } });
  await feed.stop();
}, 90_000);

test('[cdsa-30] what was done to an execution is found from it, and the execution from that', async () => {
  const { execution } = await waiting();
  await decide(execution.approval, 'REJECTED', { comment: 'Not today' });

  const { toolExecution } = await data(
    app.url,
    'query($id: ID!) { toolExecution(id: $id) { auditEntries(first: 20) { nodes { action toolExecution { id } } } } }',
    { id: execution.id },
    root,
  );

  const { nodes } = toolExecution.auditEntries;
  expect(nodes.map(({ action }: { action: string }) => action).sort()).toEqual([
    'approvals.approval.requested',
    'jobs.job.cancelled',
    'jobs.job.enqueued',
    'tools.toolExecution.rejected',
    'tools.toolExecution.requested',
  ]);
  expect(nodes.every((each: { toolExecution: { id: string } }) => each.toolExecution.id === execution.id)).toBe(true);
});

test('what a human refuses is REJECTED with the reason, and what nobody decides on in time CANCELLED; their jobs end with them', async () => {
  const rejected = await waiting();
  const expired = await waiting();
  await sql(`update approvals set expires_at = now() - interval '1 second' where id = $1`, [expired.execution.approval.id]);

  await decide(rejected.execution.approval, 'REJECTED', { comment: 'Not on a Friday' });
  await mutated(app, 'enqueueJob', { name: 'upkeep.expireApprovals' }, root);

  expect(await ended(app, rejected.execution.id, operator)).toMatchObject({
    status: 'REJECTED',
    error: 'Not on a Friday',
    startedAt: null,
  });
  expect(await ended(app, expired.execution.id, operator)).toMatchObject({ status: 'CANCELLED', error: 'Nobody decided in time' });
  expect(await statusesOf(rejected.execution.id)).toEqual({ execution: 'REJECTED', job: 'CANCELLED', approval: 'REJECTED' });
  expect(await statusesOf(expired.execution.id)).toEqual({ execution: 'CANCELLED', job: 'CANCELLED', approval: 'EXPIRED' });
  expect(await endsOf(rejected.execution.id)).toEqual(['WAITING_APPROVAL', 'REJECTED']);
}, 90_000);

test('a use of a tool that changes is cancelled with what was asked about it, and an agreement to one of a disabled tool lets nothing run', async () => {
  const changed = await waiting();
  const disabled = await waiting();
  await mutated(app, 'updateTool', { id: changed.tool.id, expectedRevision: changed.tool.revision, timeoutMs: 5_000 }, root);
  await mutated(app, 'disableTool', { id: disabled.tool.id }, root);

  const refused = await decide(changed.execution.approval, 'APPROVED');
  await decide(disabled.execution.approval, 'APPROVED');

  const reason = `${changed.tool.name} was changed: version 2 waits instead`;
  expect(refused.errors).toMatchObject([{ message: `It was cancelled: ${reason}`, extensions: { code: 'PRECONDITION_FAILED' } }]);
  expect(await statusesOf(changed.execution.id)).toEqual({ execution: 'CANCELLED', job: 'CANCELLED', approval: 'CANCELLED' });
  expect((await executionOf(app, changed.execution.id, operator)).error).toBe(reason);
  expect(await statusesOf(disabled.execution.id)).toEqual({ execution: 'CANCELLED', job: 'CANCELLED', approval: 'APPROVED' });
  expect((await executionOf(app, disabled.execution.id, operator)).error).toBe(`The tool ${disabled.tool.name} is disabled`);
});

test('what was asked for under another agreement to the tool does not run, whoever agrees', async () => {
  const { tool, execution } = await waiting();
  // Any other approval will do.
  await sql('update tools set approval_id = $1 where id = $2', [execution.approval.id, tool.id]);

  await decide(execution.approval, 'APPROVED');

  expect(await statusesOf(execution.id)).toEqual({ execution: 'CANCELLED', job: 'CANCELLED', approval: 'APPROVED' });
  const reason = `The tool ${tool.name} has changed, or was agreed to anew, since it was asked for`;
  expect((await executionOf(app, execution.id, operator)).error).toBe(reason);
});

test('what was asked for by somebody who may not run the tool any more does not run, whoever agrees', async () => {
  const demoted = await signedIn(app, 'dora', ['operator']);
  const gone = await signedIn(app, 'gustav', ['operator']);
  const owner = await signedIn(app, 'olga', ['operator']);
  const program = await aMachine(app, owner, ['tool:execute']);
  const without = await signedIn(app, 'walter', ['operator', 'viewer']);
  const guarded = { ...operation, requiredPermission: 'file:upload' };
  const asked = [
    await execute(app, { tool: (await anApprovedTool(app, operation)).id }, demoted),
    await execute(app, { tool: (await anApprovedTool(app, operation)).id }, gone),
    await execute(app, { tool: (await anApprovedTool(app, operation)).id }, program),
    await execute(app, { tool: (await anApprovedTool(app, guarded)).id }, without),
  ];
  await sql('delete from role_assignments where user_id = $1', [demoted.id]);
  await sql('update users set is_active = false where id = $1', [gone.id]);
  await sql('update api_tokens set revoked_at = now() where id = $1', [program.id]);
  await sql(
    `delete from role_permissions where permission_id = (select id from permissions where name = 'file:upload')
      and role_id = (select id from roles where slug = 'operator')`,
  );

  for (const { approval } of asked) await decide(approval, 'APPROVED');

  for (const [i, name] of ['dora', 'gustav', 'olga', 'walter'].entries()) {
    const { id, toolName } = asked[i]!;
    expect(await statusesOf(id)).toEqual({ execution: 'CANCELLED', job: 'CANCELLED', approval: 'APPROVED' });
    expect((await executionOf(app, id, root)).error).toBe(`${name} may not run the tool ${toolName} any more`);
  }
}, 90_000);

test('whoever stops an execution or its job before it was decided takes back what the human was asked', async () => {
  const byExecution = await waiting();
  const byJob = await waiting();

  await mutated(app, 'cancelToolExecution', { id: byExecution.execution.id }, operator);
  await mutated(app, 'cancelJob', { id: byJob.execution.job.id }, operator);

  for (const { execution } of [byExecution, byJob]) {
    expect(await statusesOf(execution.id)).toEqual({ execution: 'CANCELLED', job: 'CANCELLED', approval: 'CANCELLED' });
    expect(await endsOf(execution.id)).toEqual(['WAITING_APPROVAL', 'CANCELLED']);
    const late = await decide(execution.approval, 'APPROVED');
    expect(late.errors![0]!.extensions.code).toBe('PRECONDITION_FAILED');
  }
});

test('however stopping and agreeing come together, an execution, its job and its approval agree about what happened', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => waiting()));

  await Promise.all(
    all.flatMap(({ execution }, i) => [
      decide(execution.approval, 'APPROVED'),
      i % 2 === 0
        ? mutate(app, 'cancelToolExecution', { id: execution.id }, operator)
        : mutate(app, 'cancelJob', { id: execution.job.id }, operator),
    ]),
  );

  for (const { execution } of all) {
    await eventually(
      'its end',
      () => executionOf(app, execution.id, operator),
      ({ isComplete }) => isComplete,
      60_000,
    );
    const { execution: status, job, approval } = await statusesOf(execution.id);
    expect(job).toBe(status);
    expect(['APPROVED', 'CANCELLED']).toContain(approval);
    if (status === 'SUCCEEDED') expect(approval).toBe('APPROVED');
    const told = await endsOf(execution.id);
    expect(told[0]).toBe('WAITING_APPROVAL');
    expect(told.filter((each) => each === status)).toHaveLength(1);
    expect(told.at(-1)).toBe(status);
  }
}, 180_000);

test('risks that the policy names wait for a human although their tool does not ask for it', async () => {
  const high = await waiting({ requiresApproval: false, riskLevel: 'HIGH' });
  const low = await waiting({ requiresApproval: false, riskLevel: 'MEDIUM' });

  expect([high, low].map(({ execution }) => execution.requiresApproval)).toEqual([true, false]);
});

test('nobody agrees to an execution of their own, and what only domains may ask for cannot be repeated by hand', async () => {
  const { execution } = await waiting();
  const own = await decide(execution.approval, 'APPROVED', {}, operator);
  await mutated(app, 'cancelToolExecution', { id: execution.id }, operator);
  const retried = await mutate(app, 'retryJob', { id: execution.job.id }, root);
  const enqueued = await mutate(app, 'enqueueJob', { name: 'tools.execute', parameters: { executionId: execution.id } }, root);

  expect([own, retried, enqueued].map(({ errors }) => errors![0]!.extensions.code)).toEqual([
    'FORBIDDEN',
    'PRECONDITION_FAILED',
    'BAD_USER_INPUT',
  ]);
});

test('what a tool asks its approver for is given by the approver only, fits the schema, and is what the tool gets', async () => {
  const tool = await anApprovedTool(app, {
    pythonCode: 'async def main(amount, account):\n    return [amount, account]\n',
    inputSchema: {
      type: 'object',
      required: ['amount', 'account'],
      properties: { amount: { type: 'integer' }, account: { type: 'string', pattern: '^[A-Z]{3}$', 'x-approver': true } },
      additionalProperties: false,
    },
  });
  const given = await mutate(app, 'executeTool', { tool: tool.id, parameters: { amount: 1, account: 'ABC' } }, operator);
  const execution = await execute(app, { tool: tool.id, parameters: { amount: 1 } }, operator);

  const wrong = await decide(execution.approval, 'APPROVED', { answer: { account: 'abc' } });
  const none = await decide(execution.approval, 'APPROVED');
  expect((await executionOf(app, execution.id, operator)).status).toBe('WAITING_APPROVAL');
  await decide(execution.approval, 'APPROVED', { answer: { account: 'XYZ' } });

  expect(given.errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', paths: ['input.parameters.account'] });
  expect([wrong, none].map(({ errors }) => errors![0]!.extensions.paths)).toEqual([['input.answer.account'], ['input.answer']]);
  expect(await ended(app, execution.id, operator)).toMatchObject({
    status: 'SUCCEEDED',
    parameters: { amount: 1, account: 'XYZ' },
    result: [1, 'XYZ'],
  });
}, 180_000);

test('an approver is not asked for a secret, because what they answer is kept and shown', async () => {
  const inputSchema = { type: 'object', properties: { otp: { type: 'string', 'x-approver': true } }, additionalProperties: false };
  const written = await mutate(
    app,
    'createTool',
    { name: 'asks', type: 'PYTHON_CODE', pythonCode: 'async def main(otp):\n    pass\n', inputSchema },
    operator,
  );
  // As a tool of before, or one that was imported, may be.
  const tool = await anApprovedTool(app, { pythonCode: 'async def main(otp):\n    pass\n', inputSchema });
  const execution = await execute(app, { tool: tool.id }, operator);
  const answered = await decide(execution.approval, 'APPROVED', { answer: { otp: '314159' } });

  expect(written.errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', paths: ['input.inputSchema'] });
  expect(answered.errors![0]!.extensions).toMatchObject({ code: 'BAD_USER_INPUT', paths: ['input.answer'] });
  expect(await sql('select status, answer from approvals where id = $1', [execution.approval.id])).toEqual([
    { status: 'PENDING', answer: null },
  ]);
  expect(await sql(`select 1 from changes where to_jsonb(changes)::text like '%314159%'`)).toEqual([]);
}, 90_000);

test('what has ended long ago is deleted, with what happened to it, and what its approval was stays', async () => {
  const { execution } = await waiting();
  await decide(execution.approval, 'REJECTED', { comment: 'No' });
  await sql(`update tool_executions set completed_at = now() - interval '91 days' where id = $1`, [execution.id]);

  const { trimExecutions } = await import('#domains/tools/executions/trim-executions.js');
  const tell = async (): Promise<void> => {};
  const { signal } = new AbortController();
  await trimExecutions.run({ system: app.system, parameters: {}, signal, progress: tell, log: tell, print: tell });

  expect(await executionOf(app, execution.id, root)).toBe(null);
  expect(await sql(`select name from streams where name like '%' || $1`, [execution.id])).toEqual([]);
  expect(await sql(`select status from approvals where id = $1`, [execution.approval.id])).toEqual([{ status: 'REJECTED' }]);
});
