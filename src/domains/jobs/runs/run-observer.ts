import type { RunEnd } from './end-run.js';

/** Hears of the runs of this process, to measure them. */
export interface RunObserver {
  /** A job began for the first time, so long after it was asked for. */
  began(operation: string, waitedMs: number): void;
  /** A run is over; `fenced` when its job is in other hands. */
  ended(operation: string, outcome: RunEnd['is'] | 'fenced', ranMs: number): void;
}
