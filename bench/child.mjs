import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { talkTo } from './messages.mjs';

const instrument = join(import.meta.dirname, 'instrument.mjs');

/**
 * Starts a target in a process of its own, under the same conditions as every other, and resolves when it has printed
 * `<name> is at <url>`, or what `ready` looks for. It can be asked and told things, see `messages.mjs` and `instrument.mjs`.
 */
export async function startChild(file, env, { nodeArgs = ['--max-semi-space-size=64'], ready = / is at (http:\S+)/ } = {}) {
  const child = spawn(process.execPath, [...nodeArgs, `--import=${instrument}`, file], {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  // However the bench ends, no target may outlive it.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  void ended.then(() => process.off('exit', kill));

  const url = await Promise.race([
    printed(child, ready),
    ended.then((code) => Promise.reject(new Error(`${file} ended with code ${code}`))),
  ]);
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { pid: child.pid, url, stop, ...talkTo(child) };
}

function printed({ stdout }, ready) {
  return new Promise((resolve) => {
    let said = '';
    stdout.on('data', (chunk) => {
      said += chunk;
      const found = ready.exec(said);
      if (found) stdout.removeAllListeners('data').resume();
      if (found) resolve(found[1]?.replace(/\/$/, ''));
    });
  });
}
