import type { WriteSystem } from '#core/feed/write.js';
import type { OwnOperation } from '#core/jobs/own-operation.js';
import type { MovedJob } from '../queue/move-job.js';
import type { RunTelemetry } from './run-telemetry.js';

const graceMs = 5_000;

/**
 * Carries out an operation of Signalbox itself in this process. Resolves with the result; rejects when it fails, and with the signal's
 * reason when it is aborted: at once when the operation listens, a few seconds later when it does not.
 */
export async function runHere(
  { run }: Pick<OwnOperation, 'run'>,
  { system, job, telemetry, signal }: { system: WriteSystem; job: MovedJob; telemetry: RunTelemetry; signal: AbortSignal },
): Promise<unknown> {
  const { promise: isOver, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const giveUp = (): void => void (timer = setTimeout(() => reject(signal.reason as Error), graceMs));
  if (signal.aborted) giveUp();
  else signal.addEventListener('abort', giveUp, { once: true });
  try {
    const result = await Promise.race([
      run({
        system,
        signal,
        parameters: job.parameters,
        progress: (step) => telemetry.progress(step),
        log: (level, text, fields) => telemetry.log({ level, text, fields }),
        print: (stream, text) => telemetry.print(stream, text),
      }),
      isOver,
    ]);
    signal.throwIfAborted();
    return result ?? null;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}
