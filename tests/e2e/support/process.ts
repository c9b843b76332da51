import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { gone, isRunning, probeToolkits } from '../../support/probe.js';
import { startServer, TestProcess, type TestServer } from './server-process.js';

/** The process of the embedded database in a data folder; null when there is none. */
export function databaseProcess(dataDir: string): number | null {
  const file = join(dataDir, 'pg/postmaster.pid');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : null;
}

/** An empty data folder for one test; an embedded database that was left behind in it is ended with the test. */
export async function aDataDir(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-e2e-'));
  const dataDir = join(folder, 'data');
  onTestFinished(async () => {
    const left = databaseProcess(dataDir);
    if (left !== null && isRunning(left)) {
      process.kill(left, 'SIGINT');
      await gone(left);
    }
    await rm(folder, { recursive: true, force: true });
  });
  return dataDir;
}

/** Runs a built Signalbox without waiting for anything; it is killed with the test at the latest. */
export function runServer(settings: Record<string, string>): TestProcess {
  const server = new TestProcess(['dist/src/main.js'], { PORT: '0', LOG_LEVEL: 'warn', HEARTBEAT_MS: '500', ...settings });
  onTestFinished(() => server.kill());
  return server;
}

/** Starts a built Signalbox with the toolkits of the tests, for one test. */
export async function startProbeServer(settings: Record<string, string>): Promise<TestServer> {
  const server = await startServer({ TOOLKIT_STORAGE_DIR: probeToolkits, ...settings });
  onTestFinished(() => server.process.kill());
  return server;
}

/** Starts a worker beside a server, for one test. */
export const startProbeWorker = (settings: Record<string, string>): Promise<TestProcess> =>
  runServer({ TOOLKIT_STORAGE_DIR: probeToolkits, ROLE: 'worker', ...settings }).until('the worker', ({ stdout }) =>
    stdout.includes('worker is running'),
  );

/** Ends a process in order; returns its exit code. */
export async function stop({ child, exit }: TestProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  child.kill(signal);
  return exit();
}
