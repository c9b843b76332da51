import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { isolationNames } from '#domains/tools/sandbox/isolation.js';
import { openSandbox } from '../../../support/sandbox/open-sandbox.js';

// Each run is a process that starts Python.
vi.setConfig({ testTimeout: 180_000 });

const ownerFile = fileURLToPath(new URL('../../../support/sandbox/owner.mjs', import.meta.url));
const isRoot = process.getuid?.() === 0;
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Starts a process that has a sandbox, and reads what it tells, line by line. */
function startOwner(prefix: string[] = []): { child: ChildProcess; next(): Promise<unknown> } {
  const [command, ...args] = [...prefix, process.execPath, ownerFile];
  const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return { child, next: async () => JSON.parse((await lines.next()).value as string) as unknown };
}

/** The processes below one, theirs too. */
function below(pid: number): number[] {
  const table = execFileSync('/bin/ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = table.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const children = pairs.filter(([, parent]) => parent === pid).map(([child]) => child);
  return children.flatMap((child) => [child, ...below(child)]);
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('the level is the strongest that works here, with a sentence on what it means', async () => {
  const { sandbox } = await openSandbox();
  await sandbox.stop();

  expect(isolationNames).toContain(sandbox.level.name);
  expect(sandbox.level.description).toMatch(/^(Strong|Basic): .+\.$/s);
  if (isRoot && existsSync('/usr/bin/unshare') && existsSync('/usr/bin/setpriv')) expect(sandbox.level.name).not.toBe('PROCESS_ONLY');
});

test('a sandbox that may use no level that works cannot be opened', async () => {
  await expect(openSandbox({ levels: [] })).rejects.toThrow('No process for Python can be started on this machine');
});

test.runIf(isRoot && existsSync('/usr/bin/setpriv'))('a user without rights has a sandbox as well', async () => {
  const owner = startOwner(['/usr/bin/setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--']);

  expect(await owner.next()).toEqual({
    level: expect.stringMatching(/^(SEPARATE_NETWORK|PROCESS_ONLY)$/),
    end: { result: 1, durationMs: expect.any(Number) },
  });
});

test('no process of the sandbox outlives its parent, not even one that does not listen', async () => {
  const owner = startOwner();
  await owner.next();
  expect(await owner.next()).toBe('on');
  const boxes = below(owner.child.pid!);
  expect(boxes.length).toBeGreaterThan(0);

  owner.child.kill('SIGKILL');

  await expect.poll(() => boxes.filter(isAlive), { timeout: 20_000 }).toEqual([]);
});
