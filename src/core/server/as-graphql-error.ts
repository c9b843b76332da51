import { GraphQLError } from 'graphql';
import { AppError } from '#core/errors/app-error.js';
import { maskError } from '#core/errors/mask-error.js';
import type { Logger } from '#core/log/logger.js';

/** What keeps an operation from beginning, as an error of the language that still has its code. */
export const asGraphqlError = (error: unknown, log: Logger): GraphQLError => {
  const known = error instanceof AppError ? error : maskError(error, log);
  return new GraphQLError(known.message, { originalError: known });
};
