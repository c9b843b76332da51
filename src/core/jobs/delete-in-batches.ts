import type { OwnRun } from './own-operation.js';

/** What is done in batches. */
export interface Batches {
  /** What is counted, in the plural. */
  words: string;
  /** The most of one batch. */
  size: number;
  /** Deletes a batch of at most `size`; returns how many there were. */
  next(size: number): Promise<number>;
}

/** Deletes batch after batch until one is not full, and tells how far it is; returns how many there were. Stops where the run is stopped. */
export async function deleteInBatches(
  { signal, progress }: Pick<OwnRun, 'signal' | 'progress'>,
  { words, size, next }: Batches,
): Promise<number> {
  let deleted = 0;
  for (let last = size; last === size;) {
    signal.throwIfAborted();
    last = await next(size);
    deleted += last;
    await progress({ status: 'deleting', message: `${deleted} ${words} deleted` });
  }
  return deleted;
}
