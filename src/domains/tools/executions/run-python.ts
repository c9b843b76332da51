import { executeSql, sql } from '#core/database/sql.js';
import { Outgoing } from '#core/network/outgoing.js';
import type { OwnRun } from '#core/jobs/own-operation.js';
import { Settings } from '#core/settings/settings.js';
import { readSecretForRun } from '#domains/vault/index.js';
import { allowedModules } from '../requests/allowed-modules.js';
import { isAllowedHost } from '../requests/is-allowed-host.js';
import { longestMessage } from '../sandbox/box-message.js';
import { fetchThrough } from '../sandbox/fetch-through.js';
import { privateHosts } from '../tool.settings.js';
import { timeoutOf } from './begin-execution.js';
import { pythonMemoryMb } from './execution.settings.js';
import type { LoadedExecution } from './load-execution.js';
import { PythonRunner } from './python-runner.js';
import { RedactedLines } from './redacted-lines.js';
import type { Redactor } from './redactor.js';

const mostAnswerBytes = 8 * 1024 * 1024;
const mostMessage = 1_000;
const mostError = 16_000;
const megabyte = 1024 * 1024;

/** Runs the Python code of a tool in the sandbox, with what is approved for its server; each secret that it reads is known to the redactor. */
export async function runPython(
  { system, signal, print, progress }: OwnRun,
  loaded: LoadedExecution,
  redactor: Redactor,
): Promise<unknown> {
  const { tool, version, server, parameters } = loaded;
  const settings = system.services.get(Settings);
  const timeoutMs = timeoutOf(version, server);
  const outgoing = new Outgoing({
    isAllowed: (host, port) => isAllowedHost(server?.allowedHosts ?? [], host, port),
    privateHosts: settings.value(privateHosts),
    maxBytes: mostAnswerBytes,
    timeoutMs,
  });
  // Lines and progress are stored in their order, and all of them before the run is over.
  let told: Promise<unknown> = Promise.resolve();
  const tell = (task: () => Promise<void>): void => void (told = told.then(task));
  const printed = { stdout: new RedactedLines(redactor), stderr: new RedactedLines(redactor) };
  const tellLines = (stream: keyof typeof printed, texts: readonly string[]): void => {
    for (const text of texts) tell(() => print(stream === 'stdout' ? 'STDOUT' : 'STDERR', text));
  };
  try {
    const end = await system.services.get(PythonRunner).run({
      code: version.pythonCode ?? '',
      parameters,
      allowedModules: await allowedModules(system.database.fork()),
      timeoutMs,
      memoryBytes: settings.value(pythonMemoryMb) * megabyte,
      signal,
      onLine: (stream, text, goesOn) => tellLines(stream, printed[stream].take(text, goesOn)),
      onTruncated: () => tell(() => print('STDERR', 'It printed too much: the rest was dropped')),
      onProgress: ({ progress: share, message }) =>
        tell(() =>
          progress({ ...(share !== null && { progress: share }), ...(message !== null && { message: shortened(message, redactor) }) }),
        ),
      readSecret: (name) => readSecret(system, loaded, { name, redactor }),
      fetch: fetchThrough(outgoing),
    });
    for (const stream of ['stdout', 'stderr'] as const) tellLines(stream, printed[stream].end());
    await told;
    signal.throwIfAborted();
    if ('error' in end) throw new Error(end.error === '' ? `The run of ${tool.name} ended: ${end.kind}` : lastOf(end.error, redactor));
    return end.result;
  } finally {
    await outgoing.close();
  }
}

/** The beginning of a message, which the box may have cut in the middle of a secret. */
function shortened(message: string, redactor: Redactor): string {
  const told = message.length < longestMessage ? redactor.text(message) : redactor.part(message).ready;
  return told.slice(0, mostMessage);
}

/** The end of an error, whose beginning the box may have cut in the middle of a secret. */
function lastOf(error: string, redactor: Redactor): string {
  const told = error.startsWith('…') ? redactor.ending(error) : redactor.text(error);
  return told.length > mostError ? `…${told.slice(-mostError)}` : told;
}

async function readSecret(
  system: OwnRun['system'],
  { execution, tool, server, by }: LoadedExecution,
  { name, redactor }: { name: string; redactor: Redactor },
): Promise<string | null> {
  // What is tried has not been agreed to: it learns of no secret, not even whether there is one.
  if (execution.isTest || !server) return null;
  const value = await readSecretForRun(system, { serverId: server.id, name, by, toolId: tool.id, executionId: execution.id });
  if (value === null) return null;
  redactor.add(value);
  // What it returns may hold what only those may see who may use the secret.
  if (execution.cacheKey !== null)
    await executeSql(system.database.fork(), sql`update tool_executions set cache_key = null where id = ${execution.id}`);
  return value;
}
