/** Every code an error may carry in `extensions.code`, with the HTTP status used outside GraphQL and what it tells a caller. */
export const errorCodes = {
  UNAUTHENTICATED: { status: 401, means: 'No valid credentials came with the request: sign in or renew the token.' },
  FORBIDDEN: { status: 403, means: 'The caller is known and may not do this.' },
  NOT_FOUND: { status: 404, means: 'There is no such thing, or the caller may not know of it.' },
  BAD_USER_INPUT: { status: 400, means: 'The input is wrong; `paths` names every offending place.' },
  CONFLICT: { status: 409, means: 'The thing changed meanwhile, or another one already holds its place.' },
  PRECONDITION_FAILED: { status: 412, means: 'The thing is not in a state that allows this.' },
  APPROVAL_REQUIRED: { status: 403, means: 'A human has to agree first.' },
  RATE_LIMITED: { status: 429, means: 'Too many attempts; `retryAfterMs` says when to come back.' },
  LIMIT_EXCEEDED: { status: 413, means: 'The request is larger, deeper or costlier than allowed, or a disk of the server is full.' },
  INTERNAL: { status: 500, means: 'A fault of the server; `errorId` finds it in the log.' },
} as const;

/** One of the closed list of error codes. */
export type ErrorCode = keyof typeof errorCodes;

/** What else an error tells: `paths` are the offending input paths, such as `input.password`. */
export interface ErrorDetails {
  paths?: string[];
  retryAfterMs?: number;
  [detail: string]: unknown;
}

/** An error that a caller may see: a code of the closed list, a message that says what to do, and details. */
export class AppError extends Error {
  override readonly name = 'AppError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
  }
}
