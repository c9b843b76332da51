import { OptimisticLockError, UniqueConstraintViolationException } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import { diskFull, isDiskFull } from '#core/errors/disk-full.js';

/**
 * Turns what the database refuses into what the caller may know: because of another writer into `CONFLICT`, for want of room into
 * `LIMIT_EXCEEDED`. Leaves other errors as they are.
 */
export function translateError(error: unknown): unknown {
  if (error instanceof OptimisticLockError)
    return new AppError('CONFLICT', 'Somebody else changed this meanwhile: read it again and repeat');
  if (error instanceof UniqueConstraintViolationException)
    return new AppError('CONFLICT', 'Another one already holds this place', { constraint: (error as { constraint?: string }).constraint });
  if (isDiskFull(error)) return diskFull();
  if (isDataException(error)) return new AppError('BAD_USER_INPUT', `A value does not fit: ${error.message}`);
  return error;
}

// SQLSTATE class 22, such as a text that is no UUID or a number out of range, and 08P01, which a text with a NUL character gives: the
// caller's value, not a fault of ours.
const isDataException = (error: unknown): error is Error =>
  error instanceof Error && /^(22|08P01)/.test(String((error as { code?: unknown }).code));
