import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { leavable } from './leavable.js';

/** Gives one item and then waits until it is aborted. */
async function* patient(signal: AbortSignal, log: string[]): AsyncGenerator<number> {
  try {
    yield 1;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  } finally {
    log.push('cleared away');
  }
}

const listeners = ({ signal }: AbortController): number => getEventListeners(signal, 'abort').length;

test('a reader that leaves in the middle of a wait ends the generator at once', async () => {
  const log: string[] = [];
  const gone = new AbortController();
  const generator = leavable(gone.signal, (signal) => patient(signal, log));
  expect((await generator.next()).value).toBe(1);
  const waiting = generator.next();

  await generator.return(undefined);

  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(log).toEqual(['cleared away']);
  expect(listeners(gone)).toBe(0);
});

test('a client that is gone ends the generator at once', async () => {
  const log: string[] = [];
  const gone = new AbortController();
  const generator = leavable(gone.signal, (signal) => patient(signal, log));
  await generator.next();
  const waiting = generator.next();

  gone.abort();

  expect(await waiting).toEqual({ done: true, value: undefined });
  expect(log).toEqual(['cleared away']);
  expect(listeners(gone)).toBe(0);
});

test('a generator that ends or fails by itself leaves no listener behind', async () => {
  const gone = new AbortController();
  const items: number[] = [];
  for await (const item of leavable(gone.signal, async function* () {
    yield* [1, 2];
  }))
    items.push(item);
  const failing = leavable(gone.signal, async function* (): AsyncGenerator<number> {
    throw new Error('broken');
  });

  await expect(failing.next()).rejects.toThrow('broken');
  expect(items).toEqual([1, 2]);
  expect(listeners(gone)).toBe(0);
});

test('a generator that was left before it began never starts', async () => {
  const gone = new AbortController();
  let isStarted = false;
  const generator = leavable(gone.signal, async function* () {
    isStarted = true;
    yield 1;
  });

  await generator.return(undefined);

  expect(await generator.next()).toEqual({ done: true, value: undefined });
  expect(isStarted).toBe(false);
  expect(listeners(gone)).toBe(0);
});

test('a client that is gone already aborts the generator before its first item', async () => {
  let isAborted: boolean | null = null;
  const generator = leavable(AbortSignal.abort(), async function* (signal) {
    isAborted = signal.aborted;
    if (!isAborted) yield 1;
  });

  expect((await generator.next()).done).toBe(true);
  expect(isAborted).toBe(true);
});
