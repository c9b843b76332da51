import type { Sample } from '../check/check-leaks.ts';

/** What happened in a run, in numbers. */
export interface Tally {
  rounds: number;
  acts: number;
  faults: Record<string, number>;
  /** Jobs by how they ended. */
  jobs: Record<string, number>;
  attempts: number;
  /** Lines and steps of jobs in the database, each of them checked. */
  rows: number;
  /** Followers of jobs, and what they saw, each item compared. */
  followers: number;
  items: number;
  /** Events compared with what the followers of all jobs saw. */
  events: number;
  /** Events that were written in transactions that overlap. */
  directEvents: number;
  reconnects: number;
  retries: number;
  restarts: number;
  /** How long it took after each round until everybody had everything. */
  catchUpMs: number[];
  samples: Sample[];
}

/** A tally of nothing. */
export const emptyTally = (): Tally => ({
  rounds: 0,
  acts: 0,
  faults: {},
  jobs: {},
  attempts: 0,
  rows: 0,
  followers: 0,
  items: 0,
  events: 0,
  directEvents: 0,
  reconnects: 0,
  retries: 0,
  restarts: 0,
  catchUpMs: [],
  samples: [],
});
