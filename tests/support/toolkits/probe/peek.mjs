import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

const folder = import.meta.dirname;

/** Tries what a run must not do; returns for each attempt what came of it, or the code of the refusal. */
export async function peek({ parameters: { secret, port }, files: { given } }) {
  return {
    'read own folder': attempt(() => JSON.parse(readFileSync(join(folder, 'toolkit.json'), 'utf8')).slug),
    'read given file': attempt(() => given && readFileSync(given.path, 'utf8')),
    'read secret': attempt(() => readFileSync(secret, 'utf8')),
    'list root': attempt(() => readdirSync('/').length > 0),
    'write own folder': attempt(() => writeFileSync(join(folder, 'written'), '')),
    'write given file': attempt(() => given && writeFileSync(given.path, 'changed')),
    'start process': attempt(() => process.getBuiltinModule('node:child_process').execFileSync('id').toString()),
    'read parent environment': attempt(() => readFileSync(`/proc/${process.ppid}/environ`, 'utf8').length > 0),
    'load addon': attempt(() => process.dlopen({ exports: {} }, join(folder, 'addon.node'))),
    'open inspector': attempt(() => process.getBuiltinModule('node:inspector').open(0)),
    'read secret in a thread': await inThread(secret),
    environment: Object.keys(process.env).sort(),
    workingFolder: process.cwd(),
    network: await reach(port),
  };
}

function attempt(task) {
  try {
    return task();
  } catch (error) {
    return error.code ?? error.message;
  }
}

// A thread that is given its own flags does not inherit the permissions of the process.
async function inThread(secret) {
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const source = `const { parentPort, workerData } = require('node:worker_threads');
    try { parentPort.postMessage(require('node:fs').readFileSync(workerData, 'utf8')); } catch (error) { parentPort.postMessage(error.code); }`;
  try {
    const thread = new Worker(source, { eval: true, execArgv: [], env: {}, workerData: secret });
    return await new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject));
  } catch (error) {
    return error.code ?? error.message;
  }
}

function reach(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve('connected')).once('error', (error) => resolve(error.code));
    socket.once('close', () => {}).setTimeout(2_000, () => resolve('timeout'));
    socket.once('connect', () => socket.destroy());
  });
}
