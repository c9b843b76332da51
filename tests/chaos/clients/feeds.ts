import { sequencedStream } from '#core/feed/streams.js';
import { eventsOf, linesOf } from '#domains/jobs/job-streams.js';
import type { Item } from '../check/history.ts';
import type { SeenEvent } from '../check/check-events.ts';

/** A feed as it is followed here. */
export interface Feed<Seen> {
  name: string;
  fields: string;
  stream(jobId: string | null): string;
  toItem(item: Record<string, any>): Seen;
}

/** How a line is compared. */
export const lineAsItem = ({ seq, attempt, stream, level, text }: Record<string, any>): Item => ({
  seq: Number(seq),
  attempt,
  what: `${stream} ${level} ${text}`,
});

/** How a step is compared. */
export const stepAsItem = ({ seq, attempt, status, phase, message }: Record<string, any>): Item => ({
  seq: Number(seq),
  attempt,
  what: `${status} ${phase} ${message}`,
});

/** The lines of a job. */
export const jobLogs: Feed<Item> = {
  name: 'jobLogs',
  fields: 'seq attempt stream level text',
  stream: (jobId) => linesOf(jobId!),
  toItem: lineAsItem,
};

/** The steps of a job. */
export const jobProgress: Feed<Item> = {
  name: 'jobProgress',
  fields: 'seq attempt status phase message',
  stream: (jobId) => eventsOf(jobId!),
  toItem: stepAsItem,
};

/** The steps of all jobs. */
export const jobEvents: Feed<SeenEvent> = {
  name: 'jobEvents',
  fields: 'id status job { id name }',
  stream: () => sequencedStream,
  toItem: ({ id, status, job }) => ({ id: `${id} ${status} ${job.id}` }),
};
