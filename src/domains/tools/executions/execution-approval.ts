import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql, storableJson } from '#core/database/sql.js';
import { checkSchema } from '#core/errors/check-schema.js';
import { badInput } from '#core/errors/bad-input.js';
import { entryDigest } from '#core/feed/digests.js';
import type { WriteContext } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { approvalKind, type Verdict } from '#domains/approvals/index.js';
import type { Approval } from '#domains/approvals/approval.entity.js';
import { lockJob, releaseJob, stopJob } from '#domains/jobs/index.js';
import { sealedParameters } from '../sealed-tools.js';
import { ToolVersion } from '../tool-version.entity.js';
import { endStreams } from '#core/feed/streams.js';
import { appendExecutionEvents, eventsOfExecution } from './execution-streams.js';
import { partOf } from './part-of.js';
import { redactParameters } from './redact-parameters.js';
import { refuseExecution } from './refuse-execution.js';
import { ToolExecution } from './tool-execution.entity.js';

/** That a tool is run with certain parameters. */
export const executionApproval = approvalKind({
  kind: 'TOOL_EXECUTION',
  permission: 'execution:approve',
  expiresAfterMs: 24 * 3_600_000,
  subject: ToolExecution,
  digestOf: digestOfExecution,
  decided,
});

/** What is approved of an execution: the tool as it would run, and exactly what it was asked to do. */
export const executionDigest = (tool: string, parameters: string): string => entryDigest({ tool, parameters });

/** The job comes first: whatever moves it holds its row, and then that of the execution. */
async function digestOfExecution(em: EntityManager, id: string): Promise<string | null> {
  await executeSql(em, sql`select 1 from jobs where id = (select job_id from tool_executions where id = ${id}) for update`);
  const [row] = await executeSql<{ tool: string; parameters: string }>(
    em,
    sql`
    select v.digest as tool, e.parameters_digest as parameters from tool_executions e join tools t on t.id = e.tool_id
      join tool_versions v on v.tool_id = t.id and v.version_number = t.current_version
    where e.id = ${id} for update of e`,
  );
  return row ? executionDigest(row.tool, row.parameters) : null;
}

/** Lets the execution and its job go on together, or ends both with the reason. */
async function decided(given: WriteContext, approval: Approval, verdict: Verdict): Promise<void> {
  const context = partOf(given, approval.subjectId);
  const { em } = context;
  const execution = await em.findOne(
    ToolExecution,
    { id: approval.subjectId },
    { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, populate: ['job'] },
  );
  if (execution?.status !== 'WAITING_APPROVAL' || !execution.job) return;
  const { isApproved, by, comment } = verdict;
  const refusal = isApproved ? await refuseExecution(context, execution.id) : null;
  if (isApproved && refusal === null) {
    await answer(context, execution, verdict.answer);
    await releaseJob(context, execution.job.id, `Approved by ${by.name}`);
    context.record('tools.toolExecution.released', execution, { isSensitive: false });
    return void context.touch(eventsOfExecution(execution.id));
  }
  const isRejected = approval.status === 'REJECTED';
  const reason = refusal ?? comment ?? `Its approval is ${approval.status}`;
  await end(context, execution, isRejected ? 'REJECTED' : 'CANCELLED', reason);
  const job = await lockJob(em, execution.job.id);
  if (job?.status === 'WAITING_APPROVAL') await stopJob(context, job, reason);
}

async function end(context: WriteContext, execution: ToolExecution, status: 'REJECTED' | 'CANCELLED', reason: string): Promise<void> {
  const { em, now, record, touch } = context;
  execution.status = status;
  execution.error = reason;
  execution.completedAt = now;
  record(`tools.toolExecution.${status === 'REJECTED' ? 'rejected' : 'cancelled'}`, execution, { message: reason });
  await em.flush();
  await appendExecutionEvents(em, execution.id, [{ kind: 'STATUS', status, attempt: 0, message: reason }]);
  const stream = eventsOfExecution(execution.id);
  await endStreams(em, status, stream);
  touch(stream);
}

/** Adds what the approver gave to the parameters; what then does not fit the tool refuses the decision. */
async function answer({ em, services }: WriteContext, execution: ToolExecution, given: unknown): Promise<void> {
  if (given == null) return;
  const { inputSchema } = await em.findOneOrFail(ToolVersion, { tool: execution.tool.id, versionNumber: execution.toolVersion });
  if (redactParameters(given, inputSchema).secrets.length > 0)
    throw badInput('Answers are kept and shown with their approval: the tool may not ask for a secret', 'input.answer');
  const ring = services.get(KeyRing);
  const before = JSON.parse(ring.unseal(execution.sealedParameters!, sealedParameters.context(execution))) as object;
  const exact = { ...before, ...(given as object) };
  const misfits = await checkSchema({ schema: inputSchema ?? {}, value: exact, at: 'input.answer' });
  if (misfits.length > 0)
    throw badInput(
      `With this answer the parameters do not fit the tool: ${misfits.map(({ path, message }) => `${path} ${message}`).join('; ')}`,
      ...new Set(misfits.map(({ path }) => path)),
    );
  execution.sealedParameters = ring.seal(JSON.stringify(exact), sealedParameters.context(execution));
  execution.parameters = JSON.parse(storableJson(redactParameters(exact, inputSchema).shown)) as unknown;
  await em.flush();
}
