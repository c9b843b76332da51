import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyze } from '../analyze.mjs';

/**
 * Analyzes bytes as a temporary file and gives the report with all that was told meanwhile.
 * @param {string | Buffer} bytes
 * @param {{ parameters?: object, signal?: AbortSignal, onProgress?: (step: object, path: string) => void }} [options]
 */
export async function analyzeBytes(bytes, { parameters = {}, signal, onProgress = () => {} } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'loglens-'));
  const path = join(folder, 'some.txt');
  /** @type {object[]} */
  const progress = [];
  /** @type {object[]} */
  const log = [];
  try {
    await writeFile(path, bytes);
    const report = await analyze({
      parameters: { file: 'upload', ...parameters },
      files: { file: { path, name: 'some.txt', sizeBytes: bytes.length } },
      signal: signal ?? new AbortController().signal,
      progress: async (step) => {
        progress.push(step);
        onProgress(step, path);
      },
      log: async (level, text, fields) => {
        log.push({ level, text, fields });
      },
    });
    return { report, progress, log };
  } finally {
    await rm(folder, { recursive: true });
  }
}
