import { AppError } from '#core/errors/app-error.js';
import { sql } from '#core/database/sql.js';
import type { WriteContext } from '#core/feed/write.js';
import { deleteExecutionStreams } from '../executions/delete-execution-streams.js';
import { withdrawRequests } from '../requests/withdraw-requests.js';
import { syncAllowedHosts } from '../requests/sync-allowed-hosts.js';
import { syncAllowedModules } from '../requests/sync-allowed-modules.js';
import { settleServer } from '../servers/settle-server.js';
import { findTool, type ToolChoice } from './find-tool.js';
import { refuseUnfinished } from './refuse-unfinished.js';
import { withdrawPublication } from './withdraw-publication.js';

/** Deletes a tool with its versions, requests and uses; decisions and the audit trail keep its name. Returns its id. */
export async function deleteTool(context: WriteContext, choice: ToolChoice): Promise<string> {
  const { em, record } = context;
  const tool = await findTool(context, choice);
  const { id, name } = tool;
  if (tool.isSystem) throw new AppError('PRECONDITION_FAILED', `${name} came with Signalbox: disable it instead`);
  await refuseUnfinished(em, name, { tool: id });
  const reason = `The tool ${name} was deleted`;
  await withdrawPublication(context, tool, reason);
  await withdrawRequests(context, { tool: id }, reason);
  const serverId = tool.server?.id ?? null;
  await deleteExecutionStreams(em, sql`tool_id = ${id}`);
  em.remove(tool);
  record('tools.tool.deleted', tool);
  await em.flush();
  await syncAllowedHosts(em, serverId);
  await syncAllowedModules(em);
  await settleServer(context, serverId);
  return id;
}
