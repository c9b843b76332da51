import { AppError, type ErrorCode, type ErrorDetails } from '#core/errors/app-error.js';
import type { Outcome, Severity } from './change.entity.js';
import type { WriteContext } from './write.js';

/** How the refusal is told in the change record. */
export interface Denial {
  /** Name of the change that records the attempt. */
  action: string;
  /** Who tried, as far as that is known, by the name that they gave. */
  by: { id: string | null; name: string };
  /** How it ended, by default `FAILURE`. */
  outcome?: Outcome;
  /** Why, for the audit trail only; what the caller is told when it is left out. */
  why?: string;
  /** What else belongs to it, for the audit trail only; never a secret. */
  details?: Readonly<Record<string, string>>;
  /** How much it matters, by default `MEDIUM`. */
  severity?: Severity;
  /** Whether it counts among the caller's refused attempts, of which very many are not all recorded: what it is about bounds it not. */
  isCounted?: boolean;
  /** What the refusal itself changes; commits together with the record of the attempt. */
  consequence?: (context: WriteContext) => Promise<void>;
}

/** A refusal that the audit trail names in its own way, such as a failed sign-in of somebody who is not known yet. */
export class Denied extends AppError {
  constructor(
    code: ErrorCode,
    message: string,
    readonly denial: Denial,
    details: ErrorDetails = {},
  ) {
    super(code, message, details);
  }
}
