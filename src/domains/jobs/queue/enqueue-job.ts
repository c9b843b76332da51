import { ref } from '@mikro-orm/core';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { openStreams, sequencedStream } from '#core/feed/streams.js';
import type { WriteContext } from '#core/feed/write.js';
import { concurrencyKey } from '#core/jobs/concurrency-key.js';
import { Delivery } from '#core/jobs/delivery.js';
import type { Operation } from '#core/jobs/operations.js';
import { User } from '#domains/identity/users/user.entity.js';
import { checkAccepting } from './check-accepting.js';
import { checkRequest } from './check-request.js';
import { Job } from '../job.entity.js';
import { appendEvents, eventsOf, linesOf, queueStream } from '../job-streams.js';

/** What a domain settles for a job of its own; only domains can, so that nobody else starts what is theirs. */
export interface JobTerms {
  /** What moves with the job: the name of a follower, and the id of what it has. */
  follower: string;
  followerId: string;
  /** Whether it waits until the domain releases it. */
  isWaiting?: boolean;
  timeoutMs?: number;
  maxAttempts?: number;
  /** In place of the limit of its operation; null for no limit. */
  concurrency?: { key: string; limit: number } | null;
}

/** What to run. */
export interface JobRequest {
  name: string;
  parameters?: Record<string, unknown> | null;
  priority?: number;
  idempotencyKey?: string | null;
  /** The job that it repeats. */
  retryOf?: Job;
  terms?: JobTerms;
}

/** Puts a job on its queue, or has it wait, in the caller's transaction; the same idempotency key gives the same job again. */
export async function enqueueJob(context: WriteContext, request: JobRequest): Promise<Job> {
  const { name, priority = 0, idempotencyKey = null, terms } = request;
  const { em } = context;
  const earlier = idempotencyKey === null ? null : await findRepeated(context, idempotencyKey);
  if (earlier) return earlier;
  const operation = await checkRequest(context, name, request.parameters ?? {}, { isByDomain: terms !== undefined });
  checkAccepting(context, operation);

  const job = newJob(context, operation, request);
  em.persist(job);
  await em.flush();
  context.record('jobs.job.enqueued', job);

  await openStreams(em, eventsOf(job.id), linesOf(job.id));
  const message = terms?.isWaiting ? 'Waits for an approval' : `Waits in ${job.queue}`;
  await appendEvents(em, job.id, job.fence, [{ status: job.status, attempt: 0, message, progress: 0 }]);
  // Everything of a new job comes after its beginning.
  context.touch(eventsOf(job.id), 0);
  context.touch(linesOf(job.id), 0);
  context.touch(sequencedStream);
  if (terms?.isWaiting) return job;
  await context.services.get(Delivery).send(em, job.queue, job.id, { priority });
  context.touch(queueStream);
  return job;
}

function newJob({ em, actor, now, traceId }: WriteContext, operation: Operation, request: JobRequest): Job {
  const { name, priority = 0, idempotencyKey = null, retryOf, terms } = request;
  const parameters = request.parameters ?? {};
  const limit = terms?.concurrency === undefined ? operation.concurrency : terms.concurrency;
  return Object.assign(new Job(), {
    id: newId(declarationOf(Job).type),
    name,
    toolkitId: operation.toolkitId,
    queue: operation.queue,
    status: terms?.isWaiting ? 'WAITING_APPROVAL' : 'QUEUED',
    parameters,
    priority,
    idempotencyKey,
    maxAttempts: terms?.maxAttempts ?? operation.maxAttempts,
    timeoutMs: terms?.timeoutMs ?? operation.timeoutMs,
    concurrencyKey: terms?.concurrency?.key ?? (limit && concurrencyKey(operation, parameters)),
    concurrencyLimit: limit?.limit ?? null,
    follower: terms?.follower ?? null,
    followerId: terms?.followerId ?? null,
    requestedBy: actor.id === null ? null : ref(em.getReference(User, actor.id)),
    requestedByName: actor.name,
    retryOf: retryOf ? ref(retryOf) : null,
    queuedAt: terms?.isWaiting ? null : now,
    traceId,
  } satisfies Partial<Job>);
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
