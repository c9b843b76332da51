import { AppError, type ErrorCode } from '#core/errors/app-error.js';
import type { WriteContext } from './write.js';

/** How the refusal is told in the change record. */
export interface Denial {
  /** Name of the change that records the attempt. */
  action: string;
  /** Who tried, as far as that is known, by the name that they gave. */
  by: { id: string | null; name: string };
  /** What the refusal itself changes; commits together with the record of the attempt. */
  consequence?: (context: WriteContext) => Promise<void>;
}

/** A refusal that the audit trail names in its own way, such as a failed sign-in of somebody who is not known yet. */
export class Denied extends AppError {
  constructor(
    code: ErrorCode,
    message: string,
    readonly denial: Denial,
  ) {
    super(code, message);
  }
}
