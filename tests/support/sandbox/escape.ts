import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from './attacks.js';

/** What an attack reads when it gets out: it is in the environment of this process, and in a file that everybody may read. */
export const mark = 'escaped-5f2b9c';

/** A machine with things that code must not get at, and a look at whether it did. */
export interface Prison {
  target: Target;
  /** What the code with these texts got at; empty when nothing. */
  evidence(told: unknown): string[];
  close(): Promise<void>;
}

/** Sets out what attacks are after. */
export async function buildPrison(): Promise<Prison> {
  process.env.SIGNALBOX_MARK = mark;
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-escape-'));
  const file = join(folder, 'secret');
  writeFileSync(file, mark);
  chmodSync(folder, 0o777);
  let connections = 0;
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    connections += 1;
    open.add(socket);
    socket.on('error', () => {}).end(`HTTP/1.0 200 OK\r\n\r\n${mark}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  let victim = startVictim();
  return {
    get target() {
      return { file, folder, port: (server.address() as AddressInfo).port, victim: victim.pid! };
    },
    evidence(told) {
      const found: string[] = [];
      if (JSON.stringify(told).includes(mark)) found.push('it has the secret');
      if (JSON.stringify(told).includes('"result":"forged"')) found.push('it forged a result');
      const left = readdirSync(folder).filter((name) => name !== 'secret');
      if (left.length > 0) found.push('it left a file');
      for (const name of left) rmSync(join(folder, name), { recursive: true });
      if (connections > 0) found.push('it reached the server');
      connections = 0;
      if (!isRunning(victim.pid!)) {
        found.push('it ended a process');
        victim = startVictim();
      }
      return found;
    },
    async close() {
      victim.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

// Asked of the system, which knows before the event comes.
const isRunning = (pid: number): boolean => {
  const { stdout } = spawnSync('/bin/ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
};

const startVictim = (): ChildProcess => spawn('/bin/sleep', ['3600'], { stdio: 'ignore' });

// What is allowed is forgotten, and what was closed for Python is opened again.
const undo = `
import json as _json
_sys = _json.codecs.sys
__builtins__ = vars(_json.codecs.builtins)
for _name in ("js", "pyodide_js", "_ctypes", "ctypes"):
    if _sys.modules.get(_name, 1) is None: del _sys.modules[_name]
`;

/** The code of an attack; with `isUndone` it first undoes the import hook. */
export const attackCode = (body: string, isUndone: boolean): string => `${isUndone ? undo : ''}
real = __builtins__["__import__"] if isinstance(__builtins__, dict) else __builtins__.__import__
async def main(file, folder, port, victim):
    ${body}
`;
