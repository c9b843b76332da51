import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { readPostmasterFile } from '#core/database/embedded/postmaster-file.js';
import { commands } from '../../../src/commands.js';
import { readConfig } from '../../../src/config.js';
import { runCommands } from '../../../src/console/run-commands.js';
import { probeToolkits } from '../../support/probe.js';
import { TestProcess } from './server-process.js';

/** How a command ended, and what it wrote. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts a command of the command line. */
export const startCommand = (args: readonly string[], settings: Record<string, string>, input = ''): TestProcess =>
  new TestProcess(['dist/src/command-line.js', ...args], { LOG_LEVEL: 'warn', TOOLKIT_STORAGE_DIR: probeToolkits, ...settings }, input);

/** Runs a command to its end. */
export async function command(args: readonly string[], settings: Record<string, string>, input = ''): Promise<Ended> {
  const process = startCommand(args, settings, input);
  const code = await process.exit();
  return { code, stdout: process.stdout, stderr: process.stderr };
}

/** Runs a command in the process of the test, which is faster. */
export async function commandHere(args: readonly string[], settings: Record<string, string>, input = ''): Promise<Ended> {
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  ended.code = await runCommands(commands, {
    args,
    folder: process.cwd(),
    readConfig: () => readConfig({ NODE_ENV: 'test', LOG_LEVEL: 'silent', ...settings }),
    input: Readable.from([input]),
    out: (line) => void (ended.stdout += `${line}\n`),
    err: (line) => void (ended.stderr += `${line}\n`),
    deferred: [],
  });
  return ended;
}

/** Runs a command that must succeed; returns what it answers as JSON. */
export const answerOf = async (args: readonly string[], settings: Record<string, string>, input = ''): Promise<any> =>
  answerIn(args, await command([...args, '--json'], settings, input));

/** The same in the process of the test. */
export const answerHere = async (args: readonly string[], settings: Record<string, string>, input = ''): Promise<any> =>
  answerIn(args, await commandHere([...args, '--json'], settings, input));

function answerIn(args: readonly string[], { code, stdout, stderr }: Ended): unknown {
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}

/** The URL of the embedded database of a server that runs on a data folder. */
export function embeddedUrl(dataDir: string): string {
  const { port } = readPostmasterFile(join(dataDir, 'pg'))!;
  return `postgres://postgres:${readFileSync(join(dataDir, 'pg.password'), 'utf8').trim()}@127.0.0.1:${port}/postgres`;
}
