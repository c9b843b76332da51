import { AppError } from './app-error.js';

// Of PostgreSQL, of this machine, and of a quota of this machine.
const codes: ReadonlySet<unknown> = new Set(['53100', 'ENOSPC', 'EDQUOT']);

/** Whether an error says that a disk is full, be it the database's or this machine's. */
export const isDiskFull = (error: unknown): boolean => error instanceof Error && codes.has((error as { code?: unknown }).code);

/** The answer to what could not be stored because a disk is full. */
export const diskFull = (): AppError => new AppError('LIMIT_EXCEEDED', 'The disk of the server is full; nothing was changed');
