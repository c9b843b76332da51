import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
    const output = { folder: join(folder, 'output') };
    await mkdir(output.folder);
    const report = await analyze({
      parameters: { file: 'upload', ...parameters },
      files: { file: { path, name: 'some.txt', sizeBytes: bytes.length } },
      output,
      signal: signal ?? new AbortController().signal,
      progress: async (step) => {
        progress.push(step);
        onProgress(step, path);
      },
      log: async (level, text, fields) => {
        log.push({ level, text, fields });
      },
    });
    const file = await readFile(join(output.folder, 'report.json'), 'utf8');
    return { report, file, progress, log };
  } finally {
    await rm(folder, { recursive: true });
  }
}
