import { executeSql, sql } from '#core/database/sql.js';
import type { WriteContext } from '#core/feed/write.js';
import { Operations } from '#core/jobs/operations.js';
import { can, type Actor } from '#core/policy/actor.js';
import { Settings } from '#core/settings/settings.js';
import { findActor, findTokenActors } from '#domains/identity/index.js';
import type { McpServerStatus } from '../servers/mcp-server.entity.js';
import type { ToolApprovalStatus } from '../tool-kinds.js';
import { otherCode, whyNotRunnable } from './why-not-runnable.js';

type Reading = Pick<WriteContext, 'em' | 'services'>;

interface Asked {
  name: string;
  userId: string | null;
  askerName: string;
  apiTokenId: string | null;
  isTest: boolean;
  requiredPermission: string | null;
}

/** Why an execution that is about to begin, or to be released, may not; null when it may. */
export async function refuseExecution(reading: Reading, id: string): Promise<string | null> {
  const [row] = await executeSql<
    Asked & {
      isEnabled: boolean;
      approvalStatus: ToolApprovalStatus;
      serverStatus: McpServerStatus | null;
      slug: string;
      isSame: boolean;
      operation: string | null;
      operationCode: string | null;
    }
  >(
    reading.em,
    sql`
    select t.name, t.is_enabled as "isEnabled", t.approval_status as "approvalStatus", s.status as "serverStatus", s.slug, e.is_test as "isTest",
      e.user_id as "userId", e.executed_by_name as "askerName", e.api_token_id as "apiTokenId", t.required_permission as "requiredPermission",
      t.operation, present.policy->>'operationCode' as "operationCode",
      asked.digest is not distinct from present.digest and e.agreement_id is not distinct from t.approval_id as "isSame"
    from tool_executions e join tools t on t.id = e.tool_id left join mcp_servers s on s.id = t.server_id
      left join tool_versions asked on asked.tool_id = t.id and asked.version_number = e.tool_version
      left join tool_versions present on present.tool_id = t.id and present.version_number = t.current_version
    where e.id = ${id}`,
  );
  if (!row) return 'The tool is gone';
  const { serverStatus, slug, isTest, isSame } = row;
  const reason = whyNotRunnable(row, serverStatus === null ? null : { status: serverStatus, slug }, isTest);
  if (reason !== null) return reason;
  if (!isTest && !isSame) return `The tool ${row.name} has changed, or was agreed to anew, since it was asked for`;
  if (!isTest && !(await isAgreedCode(reading, row))) return otherCode(row.name);
  return (await mayRun(reading, row)) ? null : `${row.askerName} may not run the tool ${row.name} any more`;
}

// As it lies there now: the folder of a toolkit may have been changed without telling anybody.
async function isAgreedCode(
  { services }: Reading,
  { operation, operationCode }: { operation: string | null; operationCode: string | null },
): Promise<boolean> {
  if (operation === null) return true;
  return ((await services.get(Operations).source?.codeNow(operation)) ?? null) === operationCode;
}

// It may have waited for long: what counts is what whoever asked may do now, and a program only by its token.
async function mayRun(reading: Reading, asked: Asked): Promise<boolean> {
  const actor = await askerNow(reading, asked);
  const needed = [asked.isTest ? 'tool:write' : 'tool:execute', asked.requiredPermission];
  return actor !== null && needed.every((permission) => permission === null || can(actor, permission));
}

async function askerNow({ em, services }: Reading, { userId, apiTokenId }: Asked): Promise<Actor | null> {
  if (apiTokenId === null) return userId === null ? null : findActor(em, userId, services);
  const [program] = await findTokenActors(em, sql`t.id = ${apiTokenId}::uuid`, services.get(Settings));
  return program ?? null;
}
