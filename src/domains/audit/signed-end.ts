import type { ChainProblem } from './chain-problem.js';

// One is signed every hour; a job may wait for another, or for the start of a server.
const mostHours = 2;
const hourMs = 3_600_000;

/** How far a chain is signed: what comes behind the last checkpoint is proven by nothing yet. */
export class SignedEnd {
  /** Number of the last link that a checkpoint signs; 0 when none does. */
  number = 0;
  /** Time of that checkpoint. */
  at: string | null = null;
  // The newest time of an entry behind it.
  #newest = 0;

  /** Notes a checkpoint that holds for a link. */
  sign(number: number, at: string): void {
    this.number = number;
    this.at = this.at === null || at > this.at ? at : this.at;
    this.#newest = 0;
  }

  /** Notes a link that is not signed yet, with the time of its entry, or until when it was kept when it is gone. */
  add(time: string): void {
    this.#newest = Math.max(this.#newest, Date.parse(time));
  }

  /** What is wrong with the end of a chain of which there are keys that sign it; the hour since the last checkpoint may be open. */
  problemsOf(last: number): ChainProblem[] {
    const unsigned = (message: string): ChainProblem[] => [{ fault: 'UNSIGNED', number: last, entryId: null, message }];
    if (this.at === null) return unsigned('No checkpoint signs anything of the chain');
    const isOpen = last > this.number && this.#newest - Date.parse(this.at) > mostHours * hourMs;
    return isOpen
      ? unsigned(`No checkpoint signs what comes behind link ${this.number}, and that goes on for hours after the one of ${this.at}`)
      : [];
  }
}
