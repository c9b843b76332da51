import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { ToolCacheEntry } from './tool-cache-entry.entity.js';

/** Keeps the result of the execution of a job for the same question, when its tool still wants that and it can be kept. */
export async function keepResult(em: EntityManager, jobId: string): Promise<void> {
  await executeSql(
    em,
    sql`
    with kept as (
      insert into tool_cache_entries as c (id, tool_id, cache_key, parameters, result, hit_count, expires_at, revision, created_at, updated_at)
      select ${newId(declarationOf(ToolCacheEntry).type)}, e.tool_id, e.cache_key, e.parameters, e.result, 0,
        clock_timestamp() + make_interval(secs => t.cache_ttl_ms / 1000.0), 1, clock_timestamp(), clock_timestamp()
      from tool_executions e join tools t on t.id = e.tool_id
      where e.job_id = ${jobId} and e.status = 'SUCCEEDED' and e.cache_key is not null and t.cache_ttl_ms is not null
      on conflict (tool_id, cache_key) do update set parameters = excluded.parameters, result = excluded.result, expires_at = excluded.expires_at,
        revision = c.revision + 1, updated_at = clock_timestamp()
      returning id
    )
    update tool_executions e set cache_entry_id = kept.id from kept where e.job_id = ${jobId}`,
  );
}
