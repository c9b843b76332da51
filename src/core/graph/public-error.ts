import { GraphQLError, Kind, type GraphQLFormattedError } from 'graphql';
import { ArgumentValidationError } from 'type-graphql';
import type { ValidationError } from 'class-validator';
import { AppError, type ErrorDetails } from '#core/errors/app-error.js';
import { maskError } from '#core/errors/mask-error.js';
import type { Logger } from '#core/log/logger.js';

// graphql-js has no switch for them.
const suggestion = / ?Did you mean [^?]*\?/g;

/**
 * What a client sees of an error: message, path, and `extensions` with a code of the closed list and its details; on request without the
 * names of the schema that graphql-js suggests.
 */
export function publicError(
  formatted: GraphQLFormattedError,
  error: unknown,
  log: Logger,
  { hidesSchema = false } = {},
): GraphQLFormattedError {
  const { code, message: full, details } = explain(formatted, error, log);
  const message = hidesSchema && code === 'BAD_USER_INPUT' ? full.replace(suggestion, '') : full;
  const { locations, path } = formatted;
  return { message, ...(locations && { locations }), ...(path && { path }), extensions: { code, ...details } };
}

function explain(formatted: GraphQLFormattedError, error: unknown, log: Logger): Pick<AppError, 'code' | 'message' | 'details'> {
  const cause = original(error);
  if (isTooDeep(cause)) return { code: 'LIMIT_EXCEEDED', message: 'The request is nested too deeply', details: {} };
  if (cause instanceof ArgumentValidationError) return invalid(cause.extensions.validationErrors as ValidationError[]);
  if (cause instanceof GraphQLError && !isFault(cause, formatted)) {
    const { code, limit } = formatted.extensions ?? {};
    const isLimit = code === 'LIMIT_EXCEEDED' || limit === true || isOverLimit(cause);
    return { code: isLimit ? 'LIMIT_EXCEEDED' : 'BAD_USER_INPUT', message: formatted.message, details: detailsOf(cause) };
  }
  return maskError(cause, log);
}

const detailsOf = ({ extensions: { paths, cost } }: GraphQLError): ErrorDetails => ({
  ...(paths !== undefined && { paths: paths as string[] }),
  ...(cost !== undefined && { cost }),
});

// graphql-js has no other mark for its limits: of tokens, of the work of comparing fields, and of lists in introspection; the spelling is
// its own.
const isOverLimit = ({ message }: GraphQLError): boolean =>
  /^(Syntax Error: Document contains more tha[nt] \d+ tokens|Validation aborted\.$|Maximum introspection depth exceeded$)/.test(message);

// What has no cause is the language's own complaint: of syntax, validation or variables, and of an argument, which is none of a field as
// such. Otherwise what a resolver returned does not fit its field, or Apollo has a fault.
function isFault({ nodes = [] }: GraphQLError, { path, extensions }: GraphQLFormattedError): boolean {
  if (nodes.some(({ kind }) => kind !== Kind.FIELD)) return false;
  return path !== undefined || extensions?.code === 'INTERNAL_SERVER_ERROR';
}

/** Whether a recursion over the request, such as the coercion of its variables, has used up the stack. */
export const isTooDeep = (error: unknown): boolean => error instanceof RangeError && error.message === 'Maximum call stack size exceeded';

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
