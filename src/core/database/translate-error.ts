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
  if (error instanceof UniqueConstraintViolationException) return takenError(error as { constraint?: string; detail?: string });
  if (isGone(error)) return new AppError('CONFLICT', 'Something that this refers to was deleted meanwhile: read it again and repeat');
  if (isDeadlock(error)) return new AppError('CONFLICT', 'Somebody else changed the same at this instant: repeat');
  if (isDiskFull(error)) return diskFull();
  if (isDataException(error)) return new AppError('BAD_USER_INPUT', `A value does not fit: ${error.message}`);
  return error;
}

function takenError({ constraint, detail = '' }: { constraint?: string; detail?: string }): AppError {
  const columns = /^Key \((\w+(?:, \w+)*)\)=/.exec(detail)?.[1]?.split(', ') ?? [];
  const isNamed = columns.length > 0 && columns.every((column) => !/(^|_)id$/.test(column));
  const what = isNamed ? `has this ${columns.join(' and ').replaceAll('_', ' ')} already` : 'already holds this place';
  return new AppError('CONFLICT', `Another one ${what}`, { constraint, columns });
}

const isDeadlock = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === '40P01';

// The same code says that something is still pointed at, which is a fault of ours.
function isGone(error: unknown): boolean {
  const { code, detail } = (error ?? {}) as { code?: unknown; detail?: unknown };
  return code === '23503' && / is not present in table /.test(String(detail));
}

// SQLSTATE class 22, such as a text that is no UUID or a number out of range, and 08P01, which a text with a NUL character gives: the
// caller's value, not a fault of ours.
const isDataException = (error: unknown): error is Error =>
  error instanceof Error && /^(22|08P01)/.test(String((error as { code?: unknown }).code));
