import { badInput } from '#core/errors/bad-input.js';
import { executeSql, sql, type Sql } from '#core/database/sql.js';
import type { GraphContext } from '#core/graph/context.js';
import type { Actor } from '#core/policy/actor.js';

/** A tool of an MCP server as clients see it. */
export interface ServedTool {
  id: string;
  name: string;
  title: string | null;
  description: string | null;
  inputSchema: { type: 'object' } | null;
}

const mostAtOnce = 100;

const columns = sql`t.id, t.name, t.display_name as title, t.description, t.input_schema as "inputSchema"`;

/** Approved, enabled, of a server that runs, and with a permission that the actor holds: what can be called, and nothing else is listed. */
const isServed = (actor: Actor): Sql => sql`t.is_enabled and t.approval_status = 'APPROVED'
  and exists (select 1 from mcp_servers s where s.id = t.server_id and s.status = 'RUNNING')
  and (t.required_permission is null or ${actor.isSuperuser} or t.required_permission = any(${[...actor.permissions]}::text[]))`;

/** A page of the tools of an MCP server that the caller can call, by name; the cursor leads to the next one. */
export async function listServedTools(
  { system, actor }: GraphContext,
  serverId: string,
  cursor: string | undefined,
): Promise<{ tools: ServedTool[]; nextCursor: string | null }> {
  const after = cursor === undefined ? '' : nameOf(cursor);
  const tools = await executeSql<ServedTool>(
    system.database.fork(),
    sql`select ${columns} from tools t where t.server_id = ${serverId} and t.name collate "C" > ${after} and ${isServed(actor)}
      order by t.name collate "C" limit ${mostAtOnce + 1}`,
  );
  const page = tools.slice(0, mostAtOnce);
  return { tools: page, nextCursor: tools.length > mostAtOnce ? Buffer.from(page.at(-1)!.name).toString('base64url') : null };
}

/** A tool of an MCP server by its name, and whether the caller can call it; null when there is none. */
export async function findServedTool(
  { system, actor }: GraphContext,
  serverId: string,
  name: string,
): Promise<(ServedTool & { isServed: boolean }) | null> {
  // PostgreSQL takes no text with this character.
  if (name.includes('\0')) return null;
  const [tool] = await executeSql<ServedTool & { isServed: boolean }>(
    system.database.fork(),
    sql`select ${columns}, (${isServed(actor)}) as "isServed" from tools t where t.server_id = ${serverId} and t.name = ${name}`,
  );
  return tool ?? null;
}

function nameOf(cursor: string): string {
  const name = Buffer.from(cursor, 'base64url').toString('utf8');
  if (name.includes('\0') || Buffer.from(name).toString('base64url') !== cursor)
    throw badInput('The cursor is none of this list', 'cursor');
  return name;
}
