import { sql } from '#core/database/sql.js';
import { derived } from '#core/graph/derived.js';
import { ownSlugs } from '#core/jobs/own-slugs.js';
import { JobSchedule } from '#domains/jobs/schedules/job-schedule.entity.js';

/** What toolkits mean for schedules. */
export const scheduleDerived = [
  derived({
    of: JobSchedule,
    name: 'isPaused',
    kind: 'boolean',
    description:
      'Whether its due times pass without a job, because the toolkit of its operation is disabled, not loaded or not installed; lastError says which after the next of them',
    async load(reader, ids) {
      const rows = await reader.rows(sql`select s.id from job_schedules s left join toolkits t on t.slug = split_part(s.operation, '.', 1)
        where s.id = any(${ids}::uuid[]) and split_part(s.operation, '.', 1) <> all(${ownSlugs}::text[]) and (t.is_enabled and t.is_loaded) is not true`);
      const paused = new Set(rows.map(([id]) => id));
      return new Map(ids.map((id) => [id, paused.has(id)]));
    },
  }),
];
