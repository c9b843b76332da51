import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';

/** Where a job stands. */
export const JobStatus = declareEnum('JobStatus', 'Where a job stands', {
  WAITING_APPROVAL: 'A human has to agree first',
  QUEUED: 'Waits for a worker',
  RUNNING: 'A worker carries it out',
  RETRYING: 'A run failed or was lost; waits for the next one',
  SUCCEEDED: 'Done; there is a result',
  FAILED: 'Given up; there is an error',
  CANCELLED: 'Stopped by somebody',
});
export type JobStatus = ValueOf<typeof JobStatus>;

/** The legal moves: from a state to those that may follow it. */
const moves: Record<JobStatus, readonly JobStatus[]> = {
  WAITING_APPROVAL: ['QUEUED', 'CANCELLED'],
  QUEUED: ['RUNNING', 'CANCELLED'],
  // Back to QUEUED: a worker that shuts down hands its run back.
  RUNNING: ['SUCCEEDED', 'FAILED', 'CANCELLED', 'RETRYING', 'QUEUED'],
  RETRYING: ['RUNNING', 'CANCELLED', 'FAILED'],
  SUCCEEDED: [],
  FAILED: [],
  CANCELLED: [],
};

/** The states from which a job may move to this one. */
export const statesBefore = (to: JobStatus): JobStatus[] => (Object.keys(moves) as JobStatus[]).filter((from) => moves[from].includes(to));

/** Whether nothing can follow a state. */
export const isFinal = (status: JobStatus): boolean => moves[status].length === 0;
