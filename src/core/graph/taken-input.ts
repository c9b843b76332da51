import { AppError } from '#core/errors/app-error.js';

/** A conflict over a unique column, told by the place in the input that holds what is taken. What is taken stands there under the name of its column, mostly. */
export function takenInput(error: AppError, input: object | undefined): AppError {
  const { columns, ...details } = error.details as { columns?: string[] };
  if (!columns) return error;
  const names = columns.map((column) => column.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()));
  if (names.length === 0 || !names.every((name) => input && Object.hasOwn(input, name)))
    return new AppError(error.code, error.message, details);
  return new AppError(error.code, `Another one has this ${names.join(' and ')} already`, {
    ...details,
    paths: names.map((name) => `input.${name}`),
  });
}
