import { expect, test, vi } from 'vitest';
import { graphql, type Answer, type Auth } from '../support/client.js';
import { execute } from '../support/executions.js';
import { eventually, openSql, startProbeApp } from '../support/probe.js';
import { anApprovedTool } from '../support/tools.js';
import { signedIn } from '../support/users.js';
import { aDataDir, startProbeServer } from './support/process.js';
import type { TestServer } from './support/server-process.js';

vi.setConfig({ testTimeout: 180_000 });

const mutation = 'mutation($input: DecideApprovalInput!) { decideApproval(input: $input) { approval { status approverName } } }';

test('of twenty who decide on one use of a tool at once, on three processes, exactly one wins in each of twenty rounds', async () => {
  const app = await startProbeApp({ ROLE: 'api' });
  const sql = await openSql(app.databaseUrl);
  const holder = await openSql(app.databaseUrl);
  const shared = { DATABASE_URL: app.databaseUrl, ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'), ROLE: 'api' };
  const processes: TestServer[] = [];
  for (let i = 0; i < 3; i += 1) processes.push(await startProbeServer({ ...shared, DATA_DIR: await aDataDir() }));
  const operator = await signedIn(app, 'otto', ['operator']);
  const approvers: Auth[] = [];
  for (let i = 0; i < 20; i += 1) approvers.push(await signedIn(app, `approver ${i}`, ['approver']));
  const tool = await anApprovedTool(app, {
    type: 'TOOLKIT_OPERATION',
    pythonCode: null,
    operation: 'upkeep.trimJobs',
    requiresApproval: true,
  });
  const verdicts = new Set<string>();

  for (let round = 0; round < 20; round += 1) {
    const { id, approval } = await execute(app, { tool: tool.id }, operator);
    // All of them are on their way before the first can go on.
    await holder('begin');
    await holder('select 1 from approvals where id = $1 for update', [approval.id]);
    const deciding = approvers.map((approver, i): Promise<Answer> => {
      const input = {
        id: approval.id,
        digest: approval.digest,
        ...((i + round) % 2 ? { verdict: 'APPROVED' } : { verdict: 'REJECTED', comment: 'No' }),
      };
      return graphql(processes[i % 3]!.url, mutation, { input }, approver);
    });
    await eventually(
      'all of them to wait',
      () => sql(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`),
      (waiting) => waiting.length === 20,
    );
    await holder('rollback');
    const answers = await Promise.all(deciding);

    const won = answers.filter(({ errors }) => !errors);
    expect(won).toHaveLength(1);
    const { status, approverName } = won[0]!.data.decideApproval.approval;
    expect(answers.flatMap(({ errors }) => errors ?? []).map(({ message, extensions }) => [message, extensions.code])).toEqual(
      Array.from({ length: 19 }, () => [`${approverName} has ${status.toLowerCase()} it already`, 'CONFLICT']),
    );
    const [stored] = await sql(
      `select a.status, e.status as execution, j.status as job, (select array_agg(d.approver_name) from approval_decisions d where d.approval_id = a.id) as deciders,
        (select array_agg(v.action order by v.seq) from approval_events v where v.approval_id = a.id) as events
      from tool_executions e join approvals a on a.id = e.approval_id join jobs j on j.id = e.job_id where e.id = $1`,
      [id],
    );
    const [execution, job] = status === 'APPROVED' ? ['QUEUED', 'QUEUED'] : ['REJECTED', 'CANCELLED'];
    expect(stored).toEqual({ status, execution, job, deciders: [approverName], events: ['REQUESTED', status] });
    verdicts.add(status);
  }
  expect([...verdicts].sort()).toEqual(['APPROVED', 'REJECTED']);
});
