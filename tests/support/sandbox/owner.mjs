// A process that has a sandbox: it tells its level, runs code that does not end, and is there to be killed.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../../dist/src/core/log/logger.js';
import { PythonSandbox } from '../../../dist/src/domains/tools/sandbox/python-sandbox.js';

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'signalbox-owner-'));
const sandbox = await PythonSandbox.open({ log: createLogger('silent'), folder, poolSize: 1 });
const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const run = (code, onLine = () => {}) =>
  sandbox.run({
    code,
    parameters: {},
    allowedModules: [],
    timeoutMs: 600_000,
    memoryBytes: 128 * 1024 * 1024,
    signal: new AbortController().signal,
    onLine,
    onProgress() {},
    readSecret: async () => null,
    fetch: () => Promise.reject(new Error('nothing is asked here')),
  });

tell({ level: sandbox.level.name, end: await run('async def main(): return 1') });
await run('async def main():\n    print("on")\n    while True: pass', () => tell('on'));
