import { executeSql, sql } from '#core/database/sql.js';
import { ownOrigin } from '#core/feed/origin.js';
import { write } from '#core/feed/write.js';
import { ownName } from '#core/jobs/as-operation.js';
import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { Settings } from '#core/settings/settings.js';
import { enqueueJob } from '#domains/jobs/index.js';
import { rediscoverAfterHours } from '../tool.settings.js';
import { discoverMcpTools } from './discover-mcp-tools.js';

const atOnce = 50;

/** Has the tools of external MCP servers asked for again, whose list has grown old. */
export const rediscoverMcpTools: OwnOperation = {
  name: 'rediscover-mcp-tools',
  description:
    'Starts a discovery for each external MCP server whose list of tools is older than the setting tools.rediscoverAfterHours says',
  cron: '23 * * * *',
  run: rediscover,
};

async function rediscover({ system }: OwnRun): Promise<{ sources: number }> {
  const hours = system.services.get(Settings).value(rediscoverAfterHours);
  if (hours === 0) return { sources: 0 };
  const due = await executeSql<{ id: string }>(
    system.database.fork(),
    sql`select id from external_mcp_sources where status <> 'DISABLED' and last_discovered_at < now() - make_interval(hours => ${hours})
      order by last_discovered_at limit ${atOnce}`,
  );
  for (const { id: source } of due)
    await write(system, ownOrigin, (context) => enqueueJob(context, { name: ownName(discoverMcpTools), parameters: { source } }));
  return { sources: due.length };
}
