import { join } from 'node:path';
import type { WriteSystem } from '#core/feed/write.js';
import { JobFollowers } from '#core/jobs/job-followers.js';
import { Operations, type Operation } from '#core/jobs/operations.js';
import { runChild } from '#core/jobs/run-child.js';
import { Settings } from '#core/settings/settings.js';
import { FileStore, resolveFile, type ReadableFile } from '#domains/files/index.js';
import { collectOutput } from './collect-output.js';
import type { RunEnd } from './end-run.js';
import type { MovedJob } from '../queue/move-job.js';
import { runHere } from './run-here.js';
import { runName } from './run-name.js';
import { RunTelemetry } from './run-telemetry.js';
import type { StopReason } from './stop-reason.js';

const largestResult = 1024 * 1024;

/** Carries out one run of a job and says how it ended; null when the job is in other hands by now. */
export async function runJob(system: WriteSystem, job: MovedJob, controller: AbortController): Promise<RunEnd | null> {
  const operation = await operationOf(system, job.name);
  const telemetry = new RunTelemetry(system, job, controller, operation?.logBytes ?? 0);
  const timer = setTimeout(() => controller.abort(`The run took longer than ${job.timeoutMs} ms`), Math.min(job.timeoutMs, 2 ** 31 - 1));
  const end = await carryOut(system, { job, operation, telemetry, signal: controller.signal });
  clearTimeout(timer);
  if (controller.signal.reason === 'fenced') return null;
  try {
    await telemetry.end();
  } catch (error) {
    // It was cut off anyway, and runs again.
    if (controller.signal.reason === ('handedBack' satisfies StopReason)) return { is: 'handedBack' };
    return { is: 'failed', error: `What the run told could not be stored: ${(error as Error).message}` };
  }
  return controller.signal.reason === ('fenced' satisfies StopReason) ? null : end;
}

// One that was registered a moment ago may not have been heard of here.
async function operationOf({ services, database }: WriteSystem, name: string): Promise<Operation | null> {
  const operations = services.get(Operations);
  if (!operations.find(name)) await operations.source?.refresh(database.fork());
  return operations.find(name);
}

const startOf = ({ module: { folder, file, register, operation } }: Extract<Operation, { module: object }>) => ({
  task: 'run' as const,
  folder,
  module: join(folder, file),
  register,
  operation,
});

function settingsOf({ services }: WriteSystem, { settings }: Extract<Operation, { module: object }>): Record<string, unknown> {
  const known = services.get(Settings);
  return Object.fromEntries(Object.entries(settings).map(([name, key]) => [name, known.valueOf(key)]));
}

interface Run {
  job: MovedJob;
  operation: Operation | null;
  telemetry: RunTelemetry;
  signal: AbortSignal;
}

async function carryOut(system: WriteSystem, { job, operation, telemetry, signal }: Run): Promise<RunEnd> {
  try {
    if (!operation) return { is: 'failed', error: `This worker has no operation ${job.name}` };
    const { services, database } = system;
    const refusal = await services.get(JobFollowers).refusal({ em: database.fork(), services }, job);
    if (refusal !== null) return { is: 'failed', error: refusal };
    const files: Record<string, ReadableFile> = {};
    for (const key of operation.files.filter((each) => job.parameters[each] !== undefined)) {
      const file = await resolveFile(system.database.fork(), system.services, job.parameters[key] as string);
      if (!file) return { is: 'failed', error: `The file ${key} (${String(job.parameters[key])}) is not there any more` };
      files[key] = file;
    }
    if ('run' in operation) return { is: 'succeeded', result: await runHere(operation, { system, job, telemetry, signal }), files: [] };
    const store = system.services.get(FileStore);
    const run = runName(job.id, job.attempts);
    const output = { folder: await store.openRun(run) };
    const settings = settingsOf(system, operation);
    const request = { ...startOf(operation), parameters: job.parameters, settings, files, output, limits: operation };
    const result = await runChild(request, telemetry, signal);
    if (JSON.stringify(result).length > largestResult) return { is: 'failed', error: `The result is larger than ${largestResult} bytes` };
    return { is: 'succeeded', result, files: await collectOutput(store, run, operation.outputBytes) };
  } catch (error) {
    if (!signal.aborted) return { is: 'failed', error: error instanceof Error ? error.message : String(error) };
    const reason = signal.reason as StopReason | string;
    return reason === 'cancelled' || reason === 'handedBack' ? { is: reason } : { is: 'failed', error: String(reason) };
  }
}
