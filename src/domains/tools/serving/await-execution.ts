import { notFound } from '#core/errors/not-found.js';
import { sql } from '#core/database/sql.js';
import { encodeCursor } from '#core/feed/cursor.js';
import { follow, type Head, type Source } from '#core/feed/follow.js';
import { Reader } from '#core/graph/read/reader.js';
import { visible } from '#core/graph/read/viewer.js';
import { accessOver } from '#core/policy/actor.js';
import { eventsOfExecution } from '../executions/execution-streams.js';
import { ToolExecution } from '../executions/tool-execution.entity.js';
import type { McpCaller, TellProgress } from './mcp-caller.js';

interface Told {
  seq: number;
  message: string | null;
  progress: number | null;
}

const pageSize = 100;
// The least that a client sees its call move when a run does not say how far it is.
const leastStep = 0.01;

/** Waits until an execution has ended, or the signal is aborted; tells meanwhile how far it is. Rights are looked at again all the time. */
export async function awaitExecution({ context, signal }: McpCaller, id: string, tell: TellProgress | null): Promise<void> {
  const { bell, heartbeatMs } = context.system;
  const stream = eventsOfExecution(id);
  const pages = follow(sourceOf(context, id), { bell, after: encodeCursor({ [stream]: 0 }), pageSize, heartbeatMs, signal });
  let reached = 0;
  for await (const { items } of pages) {
    if (!tell) continue;
    for (const { message, progress } of items) {
      // What a client is told has to grow, also when a run begins anew.
      reached = Math.max(reached + leastStep, progress ?? 0);
      await tell(reached, message);
    }
  }
}

function sourceOf(context: McpCaller['context'], id: string): Source<Told> {
  const { database, policies } = context.system;
  const readerNow = async (): Promise<Reader> => {
    const actor = await context.currentActor();
    if (!actor) throw accessOver(context.actor);
    return new Reader(database, actor, policies);
  };
  const stream = eventsOfExecution(id);
  return {
    stream,
    async head(): Promise<Head> {
      const reader = await readerNow();
      const [row] = await reader.execute<{ position: string; isEnded: boolean; reason: string | null }>(sql`
        select s.seq as position, s.ended_at is not null as "isEnded", s.reason from streams s where s.name = ${stream}
          and exists (select 1 from tool_executions e where e.id = ${id}::uuid and ${visible(reader, ToolExecution, 'e')})`);
      if (!row) throw notFound(`ToolExecution ${id}`);
      return { position: Number(row.position), oldest: 1, isEnded: row.isEnded, reason: row.reason };
    },
    async read(after, limit, head) {
      const reader = await readerNow();
      const items = await reader.execute<Told>(sql`
        select v.seq::int as seq, v.message, v.progress from tool_execution_events v where v.execution_id = ${id}::uuid and v.kind <> 'OUTPUT'
          and v.seq > ${after} and v.seq <= ${head.position} order by v.seq limit ${limit}`);
      return { items, position: items.length === limit ? items.at(-1)!.seq : head.position };
    },
    behindNewest: () => Promise.resolve(0),
  };
}
