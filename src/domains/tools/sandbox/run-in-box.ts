import { isOffered, baseModules } from './modules.js';
import type { Box, BoxSaid } from './box.js';
import { runEnd, runProgress } from './box-message.js';
import { depthOfJson } from './depth-of-json.js';
import { HostAnswers } from './host-answers.js';
import type { PythonEnd, PythonFault, PythonRun } from './python-run.js';
import { watchMemory } from './watch-memory.js';

type Ending = { result: unknown } | { error: string; kind: PythonFault };

const usualOutputBytes = 1024 * 1024;
const mostResultBytes = 1024 * 1024;
const deepestResult = 100;
const pageBytes = 65_536;

/** Runs code in a box that has loaded Python and was not used yet; ends the box. */
export async function runInBox(box: Box, run: PythonRun): Promise<PythonEnd> {
  const startedMs = performance.now();
  const answers = new HostAnswers(run);
  const stops: (() => void)[] = [() => answers.end()];
  try {
    const ending = await new Promise<Ending>((resolve) => {
      const fail = (kind: PythonFault, error: string): void => resolve({ kind, error });
      stops.push(...limits(box, run, fail));
      box.onSaid = follow(box, run, answers, resolve);
      void box.gone.then((errors) => resolve(crashOf(box, errors)));
      void box.send({ do: 'run', task: taskOf(run), memoryPages: Math.floor(run.memoryBytes / pageBytes) });
    });
    return { ...ending, durationMs: performance.now() - startedMs };
  } finally {
    box.onSaid = () => {};
    for (const stop of stops) stop();
    box.kill();
  }
}

const taskOf = ({ code, parameters, allowedModules }: PythonRun): string =>
  JSON.stringify({ code, parameters, allowed: [...baseModules, ...allowedModules.filter(isOffered)] });

function limits(box: Box, { timeoutMs, signal, memoryBytes }: PythonRun, fail: (kind: PythonFault, error: string) => void): (() => void)[] {
  const timer = setTimeout(() => fail('TIMEOUT', `The run took longer than ${timeoutMs} ms`), timeoutMs);
  const cancel = (): void => fail('CANCELLED', 'The run was cancelled');
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  const tooMuch = (): void => fail('MEMORY', `The run took more than ${memoryBytes} bytes of memory`);
  const unwatch = box.pid === undefined ? () => {} : watchMemory(box.pid, memoryBytes, tooMuch);
  return [() => clearTimeout(timer), () => signal.removeEventListener('abort', cancel), unwatch];
}

function follow(box: Box, run: PythonRun, answers: HostAnswers, resolve: (ending: Ending) => void): (said: BoxSaid) => void {
  const print = printer(run);
  return (said) => {
    if (said.is === 'print') print(said.stream, said.text, said.goesOn);
    else if (said.is === 'progress') tellProgress(run, said.progress);
    else if (said.is === 'ask') void answers.answer(said.kind, said.request, (answer) => box.send({ do: 'answer', id: said.id, answer }));
    else if (said.is === 'end') resolve(endingOf(said.end));
    else throw new Error(`A box that runs code says ${said.is}`);
  };
}

function printer({ outputBytes = usualOutputBytes, onLine, onTruncated }: PythonRun): PythonRun['onLine'] {
  let left = outputBytes;
  let isTruncated = false;
  return (stream, text, goesOn) => {
    left -= Buffer.byteLength(text) + 1;
    if (left >= 0) return onLine(stream, text, goesOn);
    if (!isTruncated) onTruncated?.();
    isTruncated = true;
  };
}

// What does not fit is left out: it is no reason to end a run.
function tellProgress(run: PythonRun, text: string): void {
  const { success, data } = runProgress.safeParse(JSON.parse(text));
  if (success) run.onProgress(data);
}

function endingOf(text: string): Ending {
  const end = runEnd.parse(JSON.parse(text));
  if ('kind' in end) return end;
  const size = Buffer.byteLength(end.result);
  if (size > mostResultBytes)
    return { kind: 'RESULT_TOO_LARGE', error: `The result has ${size} bytes of JSON, more than ${mostResultBytes}` };
  if (depthOfJson(end.result) > deepestResult)
    return { kind: 'RESULT_NOT_JSON', error: `The result is nested deeper than ${deepestResult} levels` };
  return { result: JSON.parse(end.result) as unknown };
}

function crashOf(box: Box, errors: string): Ending {
  if (box.fault === 'FLOOD') return { kind: 'OUTPUT_LIMIT', error: 'The run wrote more than can be read' };
  if (/out of memory|memory access out of bounds.*grow|RangeError: .*memory/i.test(errors))
    return { kind: 'MEMORY', error: 'The process of the run had no more memory' };
  return { kind: 'CRASH', error: 'The process of the run ended before the run did' };
}
