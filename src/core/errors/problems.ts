import type { AppError } from './app-error.js';
import { badInput } from './bad-input.js';

/** Gathers everything that is wrong with an input, so that its caller learns of all of it at once. */
export class Problems {
  readonly #found: { message: string; paths: string[] }[] = [];

  /** Notes what is wrong at these paths. */
  add(message: string, ...paths: string[]): void {
    this.#found.push({ message, paths });
  }

  /** The error that tells of all that was noted, or null. */
  get error(): AppError | null {
    if (this.#found.length === 0) return null;
    return badInput(this.#found.map(({ message }) => message).join('; '), ...new Set(this.#found.flatMap(({ paths }) => paths)));
  }

  /** Throws that error, if there is one. */
  throwIfAny(): void {
    const { error } = this;
    if (error) throw error;
  }
}
