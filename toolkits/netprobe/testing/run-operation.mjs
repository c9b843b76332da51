import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register } from '../worker.mjs';

/**
 * Runs an operation as Signalbox does, with these parameters and settings; returns its result and everything that it told.
 * @param {string} name
 * @param {object} parameters
 * @param {{ settings?: object, signal?: AbortSignal, onProgress?: () => void }} [options]
 */
export async function runOperation(name, parameters, { settings = { allowList: ['127.0.0.1', 'localhost'] }, signal, onProgress } = {}) {
  const operations = new Map();
  register({ operation: (each, run) => operations.set(each, run) });
  const folder = await mkdtemp(join(tmpdir(), 'netprobe-'));
  const [steps, lines] = [[], []];
  try {
    const result = await operations.get(name)({
      parameters: { intervalMs: 0, ...parameters },
      settings,
      output: { folder },
      signal: signal ?? new AbortController().signal,
      progress: async (step) => {
        steps.push(step);
        onProgress?.();
      },
      log: async (level, text, fields) => void lines.push({ level, text, fields }),
    });
    const files = {};
    for (const file of await readdir(folder)) files[file] = await readFile(join(folder, file), 'utf8');
    return { result, steps, lines, files };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
