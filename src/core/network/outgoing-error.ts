/** Why a request to another machine came to nothing. */
export type OutgoingFault = 'REFUSED' | 'UNREACHABLE' | 'TIMEOUT' | 'TOO_LARGE' | 'REDIRECT';

/**
 * A request to another machine that was not made or brought no answer. Its message names the host that was asked for and no address
 * that it has here.
 */
export class OutgoingError extends Error {
  override readonly name = 'OutgoingError';

  constructor(
    readonly fault: OutgoingFault,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
