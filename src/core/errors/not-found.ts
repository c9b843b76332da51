import { AppError } from './app-error.js';

/** The one answer for what is missing and for what the caller may not see, so that neither can be told from the other. */
export const notFound = (what: string): AppError => new AppError('NOT_FOUND', `${what} was not found`);
