import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AppError } from './app-error.js';
import type { Misfit } from './json-schema.js';

/** What the thread is asked. */
export interface SchemaQuestion {
  schema: object;
  value: unknown;
  at: string;
}

/** What it says: the misfits, or why the schema is none. */
export type SchemaAnswer = { misfits: Misfit[] } | { error: string };

const mostMs = 1_000;
const heapMb = 128;
// It loads what compiles schemas, on a machine that may be busy.
const startMs = 30_000;
let thread: { worker: Worker; ready: Promise<unknown> } | null = null;
let turn: Promise<unknown> = Promise.resolve();

/**
 * Says what of a value does not fit a JSON Schema that anybody may have written; `at` is where the value stands. It is looked at in a
 * thread of its own, which is ended when it takes longer than a second: then, and when the schema is none, it throws.
 */
export function checkSchema(question: SchemaQuestion): Promise<Misfit[]> {
  const answer = turn.then(() => ask(question));
  turn = answer.catch(() => {});
  return answer;
}

async function ask(question: SchemaQuestion): Promise<Misfit[]> {
  const { worker, ready } = (thread ??= open());
  await within(startMs, worker, question, ready);
  const answered = once(worker, 'message') as Promise<[SchemaAnswer]>;
  worker.postMessage(question, []);
  const [answer] = await within(mostMs, worker, question, answered);
  if ('error' in answer) throw new Error(answer.error);
  return answer.misfits;
}

/** What is waited for; when it takes too long, or the thread breaks, that is ended, and another one will be asked next. */
async function within<Result>(ms: number, worker: Worker, { at }: SchemaQuestion, awaited: Promise<Result>): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(reject, ms);
  try {
    return await Promise.race([awaited, late]);
  } catch (error) {
    if (thread?.worker === worker) thread = null;
    void worker.terminate();
    // Anything but its time and its memory is a fault of ours, and is told as that.
    if (error !== undefined && (error as { code?: unknown }).code !== 'ERR_WORKER_OUT_OF_MEMORY') throw error;
    throw new AppError('LIMIT_EXCEEDED', `It takes too long to see whether ${at} fits its schema`, { paths: [at] });
  } finally {
    clearTimeout(timer);
  }
}

function open(): { worker: Worker; ready: Promise<unknown> } {
  const worker = new Worker(new URL('./check-schema-thread.js', import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: heapMb } });
  // Nobody waits for it to end, and what becomes of it between two questions is seen at the next one.
  worker.unref();
  worker.on('error', () => {
    if (thread?.worker === worker) thread = null;
  });
  const ready = once(worker, 'message');
  ready.catch(() => {});
  return { worker, ready };
}
