import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { accessLine } from './testing/access-line.mjs';
import { register } from './worker.mjs';

const FOLDER = import.meta.dirname;

test('the worker registers the operations of the manifest under the slug of its folder', async () => {
  const manifest = JSON.parse(await readFile(join(FOLDER, 'toolkit.json'), 'utf8'));
  const names = [];
  register({ operation: (name) => names.push(name) });

  expect(names).toEqual(Object.keys(manifest.operations));
  expect(manifest.slug).toBe(basename(FOLDER));
  expect([manifest.workerModule, manifest.workerRegisterAttr]).toEqual(['worker.mjs', 'register']);
});

test('the operation runs with permission to read its folder and its file, to write into its output folder, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loglens-'));
  const path = join(folder, 'access.gz');
  await writeFile(path, gzipSync(`${accessLine()}\n${accessLine()}\n`));
  const output = join(folder, 'output');
  await mkdir(output);
  const program = `
    const { register } = await import(${JSON.stringify(pathToFileURL(join(FOLDER, 'worker.mjs')).href)});
    const signal = new AbortController().signal;
    const files = { file: { path: ${JSON.stringify(path)}, name: 'access.gz', sizeBytes: 0 } };
    register({ operation: async (name, run) => {
      const report = await run({ parameters: {}, files, output: { folder: ${JSON.stringify(output)} }, signal, progress: async () => {}, log: async () => {} });
      console.log(report.lines.total);
    } });`;
  const permissions = ['--permission', `--allow-fs-read=${FOLDER}`, `--allow-fs-read=${path}`, `--allow-fs-write=${output}`];

  const { stdout } = await promisify(execFile)(process.execPath, [...permissions, '--input-type=module', '--eval', program]);
  const left = await readdir(output);
  await rm(folder, { recursive: true });

  expect(left).toEqual(['report.json']);
  expect(stdout).toBe('2\n');
});
