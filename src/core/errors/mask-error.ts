import { randomUUID } from 'node:crypto';
import type { Logger } from '#core/log/logger.js';
import { AppError } from './app-error.js';

/** Returns an `AppError` as it is; logs anything else and returns an `INTERNAL` one that shows only the id of its log line. */
export function maskError(error: unknown, log: Logger): AppError {
  if (error instanceof AppError) return error;
  const errorId = randomUUID();
  log.error({ err: error, errorId }, 'unexpected error');
  return new AppError('INTERNAL', `Something went wrong on the server; the log has it as ${errorId}`, { errorId });
}
