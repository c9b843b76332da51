import { sql } from '#core/database/sql.js';
import { derived } from '#core/graph/derived.js';
import { isDead } from '#core/jobs/liveness.js';
import { Worker } from './worker.entity.js';

/** What is looked up for workers. */
export const workerDerived = [
  derived({
    of: Worker,
    name: 'isAlive',
    kind: 'boolean',
    description: 'Whether it lives: its database session holds its lock at this moment',
    async load(reader, ids) {
      const rows = await reader.rows(
        sql`select w.id from workers w where w.id = any(${ids}::uuid[]) and w.stopped_at is null and not (${sql.raw(isDead('w.number'))})`,
      );
      const alive = new Set(rows.map(([id]) => id));
      return new Map(ids.map((id) => [id, alive.has(id)]));
    },
  }),
];
