import type { EntityManager } from '@mikro-orm/postgresql';
import { declarationOf } from '#core/database/declare/registry.js';
import { append } from '#core/feed/streams.js';
import { JobEvent } from './job-event.entity.js';
import { JobLogLine } from './job-log-line.entity.js';
import type { JobStatus } from './job-status.js';

/** The stream of a job's events. */
export const eventsOf = (jobId: string): string => `${declarationOf(JobEvent).table}:${jobId}`;

/** The stream of a job's lines. */
export const linesOf = (jobId: string): string => `${declarationOf(JobLogLine).table}:${jobId}`;

/** The stream that rings when a job was put on a queue. */
export const queueStream = 'jobs:queued';

/** The stream that rings when a running job shall be stopped. */
export const cancelStream = 'jobs:cancel';

/** An event as it is appended. */
export interface NewEvent {
  status: JobStatus;
  attempt: number;
  phase?: string | null;
  message?: string | null;
  progress?: number | null;
  payload?: unknown;
}

/** Appends events to a job; null when this writer may not write any more. */
export const appendEvents = (em: EntityManager, jobId: string, fence: number, events: readonly NewEvent[]): Promise<number | null> =>
  append(
    em,
    { stream: eventsOf(jobId), fence, entity: JobEvent, column: 'seq' },
    events.map((event) => ({ ...event, job: jobId })),
  );
