import type { Severity } from './change.entity.js';

/** For how many days changes are kept, by their severity. */
export class ChangeRetention {
  /** `daysOf` is asked for each change when it is written; what is written keeps its days. */
  constructor(readonly daysOf: (severity: Severity) => number) {}
}
