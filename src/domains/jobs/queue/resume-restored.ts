import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { sequencedStream } from '#core/feed/streams.js';
import type { WriteContext } from '#core/feed/write.js';
import { Delivery } from '#core/jobs/delivery.js';

const batch = 1_000;
const start = '00000000-0000-0000-0000-000000000000';
// Whoever waits for an approval or for a place of its key is delivered by what gives it.
const waits = sql`status in ('QUEUED', 'RETRYING') and parked_at is null`;

/** The queues on which jobs wait. */
export async function queuesOfWaiting(em: EntityManager): Promise<string[]> {
  const rows = await executeSql<{ queue: string }>(em, sql`select distinct queue from jobs where ${waits} order by 1`);
  return rows.map(({ queue }) => queue);
}

/**
 * Makes the jobs of a restored database go on. Deliveries are not part of a backup, so each job that waits gets one, at once; those
 * that ran are found by their lost workers. Telemetry that was published after the backup is not there any more, so that what takes its
 * place has to be published. Returns how many jobs were delivered.
 */
export async function resumeRestored({ em, services }: WriteContext): Promise<number> {
  await executeSql(
    em,
    sql`select setval('telemetry_published', s.seq) from streams s, telemetry_published p where s.name = ${sequencedStream} and p.last_value > s.seq`,
  );
  const delivery = services.get(Delivery);
  let delivered = 0;
  for (let after = start, more = true; more;) {
    const jobs = await executeSql<{ jobId: string; queue: string; priority: number }>(
      em,
      sql`select id as "jobId", queue, priority from jobs where ${waits} and id > ${after}::uuid order by id limit ${batch}`,
    );
    await delivery.sendAll(em, jobs);
    delivered += jobs.length;
    after = jobs.at(-1)?.jobId ?? after;
    more = jobs.length === batch;
  }
  return delivered;
}
