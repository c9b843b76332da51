import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql, storableJson } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { FollowedMove, FollowedTelling, JobFollower } from '#core/jobs/job-followers.js';
import { cancelExecutionApproval } from './cancel-execution-approval.js';
import { appendExecutionEvents, eventsOfExecution } from './execution-streams.js';
import { keepResult } from './keep-result.js';
import { refuseExecution } from './refuse-execution.js';
import { ToolExecutionEvent } from './tool-execution-event.entity.js';
import { finalStates, legalMoves } from './tool-execution-status.js';

/** Its name in the jobs that executions have. */
export const executionFollower = 'toolExecution';

/** The most of its result that an execution keeps, and of what it printed. */
const mostResultBytes = 256 * 1024;
const mostStdout = 65_536;

/** Executions are carried out by jobs, and move when those do. */
export const executionsFollowJobs: JobFollower = {
  name: executionFollower,
  streamsOf: (id) => [eventsOfExecution(id)],
  refusal: refuseExecution,
  moved: moveExecutions,
  told: tell,
  cancelled: cancelExecutionApproval,
};

/** Brings executions to where their jobs stand by now: rows and events in one statement, however many there are. */
async function moveExecutions(em: EntityManager, moves: readonly FollowedMove[]): Promise<void> {
  const results = moves.map(({ result }) => (result === undefined ? null : keptOf(result)));
  const eventIds = moves.map(() => newId(declarationOf(ToolExecutionEvent).type));
  const isFinal = sql`moved.status = any(${finalStates}::text[])`;
  await executeSql(
    em,
    sql`
    with told as (
      select * from unnest(${moves.map(({ id }) => id)}::uuid[], ${results.map((each) => each?.json ?? null)}::text[],
        ${results.map((each) => each?.isTruncated ?? false)}::boolean[]) as m(job_id, result, is_truncated)
    ), stand as (
      select told.*, j.attempts, j.message, j.error, j.started_at, j.finished_at, case j.status when 'RETRYING' then 'QUEUED' else j.status end as status
      from told join jobs j on j.id = told.job_id
    ), moved as (
      update tool_executions e set status = s.status, started_at = s.started_at, completed_at = s.finished_at,
        result = s.result::json, is_result_truncated = s.is_truncated,
        error = case s.status when 'FAILED' then coalesce(s.error, s.message) when 'CANCELLED' then s.message end,
        duration_ms = round(extract(epoch from s.finished_at - s.started_at) * 1000)::int,
        stdout = case when s.finished_at is not null and s.started_at is not null then coalesce(${printed}, '') end
      from stand s where e.job_id = s.job_id and e.status || '>' || s.status = any(${legalMoves}::text[])
      returning e.id, e.status, s.attempts, s.message
    ), heads as (
      update streams st set seq = st.seq + 1, ended_at = case when ${isFinal} then clock_timestamp() end, reason = case when ${isFinal} then moved.status end
      from moved where st.name = ${eventsOfExecution('')} || moved.id and st.ended_at is null
      returning moved.*, st.seq
    )
    insert into tool_execution_events (id, execution_id, seq, kind, status, attempt, message, progress, created_at)
    select (${eventIds}::uuid[])[row_number() over ()], id, seq, 'STATUS', status, attempts, message,
      case status when 'SUCCEEDED' then 100 when 'RUNNING' then 0 end, clock_timestamp() from heads`,
  );
  for (const [i, { id }] of moves.entries()) if (results[i]?.isTruncated === false) await keepResult(em, id);
}

/** What the newest run printed to its standard output, as far as an execution keeps it. */
const printed = sql`(
  select left(string_agg(line.text, E'\n' order by line.seq), ${mostStdout}) from (
    select text, seq, sum(length(text) + 1) over (order by seq) - length(text) - 1 as before from (
      select text, seq from job_log_lines l where l.job_id = s.job_id and l.attempt = s.attempts and l.stream = 'STDOUT' order by seq limit ${mostStdout}
    ) first
  ) line where line.before < ${mostStdout}
)`;

function keptOf(result: unknown): { json: string; isTruncated: boolean } {
  const json = storableJson(result ?? null);
  if (Buffer.byteLength(json) <= mostResultBytes) return { json, isTruncated: false };
  // As text, a half of a character at its end left out; escaping it may make it longer again.
  const head = Buffer.from(json)
    .subarray(0, mostResultBytes / 2)
    .toString('utf8')
    .replace(/\ufffd+$/, '');
  return { json: storableJson(head), isTruncated: true };
}

async function tell(em: EntityManager, id: string, { attempt, lines, steps }: FollowedTelling): Promise<void> {
  const at = { status: 'RUNNING', attempt } as const;
  await appendExecutionEvents(em, id, [
    ...lines.map(({ stream, level, text, createdAt }) => ({ kind: 'OUTPUT' as const, ...at, stream, level, message: text, createdAt })),
    ...steps.map(({ phase = null, message = null, progress = null, payload = null }) => ({
      kind: 'PROGRESS' as const,
      ...at,
      ...{ phase, message, progress, payload },
    })),
  ]);
}
