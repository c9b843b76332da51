import { AppError } from './app-error.js';

/** The error for input that is wrong at the given paths, such as `input.parameters.file`. */
export const badInput = (message: string, ...paths: string[]): AppError =>
  new AppError('BAD_USER_INPUT', message, paths.length > 0 ? { paths } : {});
