import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ArgumentValidationError } from 'type-graphql';
import type { ValidationError } from 'class-validator';
import { AppError } from '#core/errors/app-error.js';
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
  if (cause instanceof ArgumentValidationError) return invalid(cause.extensions.validationErrors as ValidationError[]);
  // Without a cause it is the language's own complaint: syntax, validation, variables, the wrong method.
  if (cause instanceof GraphQLError) {
    const { code } = formatted.extensions ?? {};
    if (code === 'INTERNAL_SERVER_ERROR') return maskError(cause, log);
    return { code: 'BAD_USER_INPUT', message: formatted.message, details: {} };
  }
  return maskError(cause, log);
}

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
