import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ArgumentValidationError } from 'type-graphql';
import type { ValidationError } from 'class-validator';
import { AppError, type ErrorDetails } from '#core/errors/app-error.js';
import { maskError } from '#core/errors/mask-error.js';
import type { Logger } from '#core/log/logger.js';

/** What a client sees of an error: message, path, and `extensions` with a code of the closed list and its details. */
export function publicError(formatted: GraphQLFormattedError, error: unknown, log: Logger): GraphQLFormattedError {
  const { code, message, details } = explain(formatted, error, log);
  const { locations, path } = formatted;
  return { message, ...(locations && { locations }), ...(path && { path }), extensions: { code, ...details } };
}

function explain(formatted: GraphQLFormattedError, error: unknown, log: Logger): Pick<AppError, 'code' | 'message' | 'details'> {
  const cause = original(error);
  if (isTooDeep(cause)) return { code: 'LIMIT_EXCEEDED', message: 'The request is nested too deeply', details: {} };
  if (cause instanceof ArgumentValidationError) return invalid(cause.extensions.validationErrors as ValidationError[]);
  // Without a cause it is the language's own complaint: syntax, validation, variables, the wrong method.
  if (cause instanceof GraphQLError) {
    const { code } = formatted.extensions ?? {};
    if (code === 'INTERNAL_SERVER_ERROR') return maskError(cause, log);
    if (code === 'LIMIT_EXCEEDED' || formatted.extensions?.limit)
      return { code: 'LIMIT_EXCEEDED', message: formatted.message, details: detailsOf(cause) };
    if (isOverLimit(cause)) return { code: 'LIMIT_EXCEEDED', message: formatted.message, details: {} };
    return { code: 'BAD_USER_INPUT', message: formatted.message, details: detailsOf(cause) };
  }
  return maskError(cause, log);
}

const detailsOf = ({ extensions: { paths, cost } }: GraphQLError): ErrorDetails => ({
  ...(paths !== undefined && { paths: paths as string[] }),
  ...(cost !== undefined && { cost }),
});

// graphql-js has no other mark for its two limits, of tokens and of the work of comparing fields; the spelling is its own.
const isOverLimit = ({ message }: GraphQLError): boolean =>
  /^(Syntax Error: Document contains more tha[nt] \d+ tokens|Validation aborted\.$)/.test(message);

// A recursion over the request, such as the coercion of its variables, has used up the stack.
const isTooDeep = (error: unknown): boolean => error instanceof RangeError && error.message === 'Maximum call stack size exceeded';

function original(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? original(error.originalError) : error;
}

function invalid(errors: readonly ValidationError[]): Pick<AppError, 'code' | 'message' | 'details'> {
  const found = errors.flatMap((error) => flatten(error, 'input'));
  return {
    code: 'BAD_USER_INPUT',
    message: found.map(({ path, problem }) => `${path}: ${problem}`).join('; '),
    details: { paths: found.map(({ path }) => path) },
  };
}

function flatten({ property, constraints, children }: ValidationError, parent: string): { path: string; problem: string }[] {
  const path = `${parent}.${property}`;
  return [
    ...Object.values(constraints ?? {}).map((problem) => ({ path, problem })),
    ...(children ?? []).flatMap((child) => flatten(child, path)),
  ];
}
