import { ref } from '@mikro-orm/core';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { openStreams, sequencedStream } from '#core/feed/streams.js';
import type { WriteContext } from '#core/feed/write.js';
import { concurrencyKey } from '#core/jobs/concurrency-key.js';
import { Delivery } from '#core/jobs/delivery.js';
import { User } from '#domains/identity/user.entity.js';
import { checkRequest } from './check-request.js';
import { Job } from './job.entity.js';
import { appendEvents, eventsOf, linesOf, queueStream } from './job-streams.js';

/** What to run. */
export interface JobRequest {
  name: string;
  parameters?: Record<string, unknown> | null;
  priority?: number;
  idempotencyKey?: string | null;
  /** The job that it repeats. */
  retryOf?: Job;
}

/** Puts a job on its queue, in the caller's transaction; the same idempotency key gives the same job again. */
export async function enqueueJob(context: WriteContext, request: JobRequest): Promise<Job> {
  const { name, priority = 0, idempotencyKey = null } = request;
  const parameters = request.parameters ?? {};
  const { em, actor, now, services } = context;
  const earlier = idempotencyKey === null ? null : await findRepeated(context, idempotencyKey);
  if (earlier) return earlier;
  const operation = await checkRequest(context, name, parameters);

  const job = new Job();
  job.id = newId(declarationOf(Job).type);
  Object.assign(job, {
    name,
    queue: operation.queue,
    status: 'QUEUED',
    parameters,
    priority,
    idempotencyKey,
    maxAttempts: operation.maxAttempts,
    timeoutMs: operation.timeoutMs,
    concurrencyKey: concurrencyKey(operation, parameters),
    concurrencyLimit: operation.concurrency?.limit ?? null,
  } satisfies Partial<Job>);
  job.requestedBy = actor.id === null ? null : ref(em.getReference(User, actor.id));
  job.requestedByName = actor.name;
  job.retryOf = request.retryOf ? ref(request.retryOf) : null;
  job.queuedAt = now;
  job.traceId = context.traceId;
  em.persist(job);
  await em.flush();
  context.record('jobs.job.enqueued', job);

  await openStreams(em, eventsOf(job.id), linesOf(job.id));
  await services.get(Delivery).send(em, job.queue, job.id, { priority });
  await appendEvents(em, job.id, job.fence, [{ status: 'QUEUED', attempt: 0, message: `Waits in ${job.queue}`, progress: 0 }]);
  // Everything of a new job comes after its beginning.
  context.touch(eventsOf(job.id), 0);
  context.touch(linesOf(job.id), 0);
  context.touch(sequencedStream);
  context.touch(queueStream);
  return job;
}

/** The job that the caller asked for under this key, or null; whoever asks with the same key at the same time waits. */
export async function findRepeated({ em, actor, touch }: WriteContext, idempotencyKey: string): Promise<Job | null> {
  await executeSql(em, sql`select pg_advisory_xact_lock(hashtextextended(${`${actor.id} ${idempotencyKey}`}, 0))`);
  const job = await em.findOne(Job, { requestedBy: actor.id, idempotencyKey });
  if (job) {
    // What is not sequenced yet will come after the present head.
    const [row] = await executeSql<{ before: string }>(
      em,
      sql`select coalesce(e.position - 1, s.seq) as before from job_events e, streams s where e.job_id = ${job.id} and e.seq = 1 and s.name = ${sequencedStream}`,
    );
    if (row) touch(sequencedStream, Number(row.before));
    touch(eventsOf(job.id), 0);
    touch(linesOf(job.id), 0);
  }
  return job;
}
