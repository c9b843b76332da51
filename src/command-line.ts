import 'reflect-metadata';
import { commands } from './commands.js';
import { readConfig } from './config.js';
import { endCall, runCommands, type Terminal } from './console/run-commands.js';

const err = (line: string): void => void process.stderr.write(`${line}\n`);
const terminal: Terminal = {
  args: process.argv.slice(2),
  // npm works in the folder of the project, wherever it was called.
  folder: process.env.INIT_CWD ?? process.cwd(),
  readConfig: () => readConfig(process.env),
  input: process.stdin,
  out: (line) => void process.stdout.write(`${line}\n`),
  err,
  deferred: [],
};

let isEnding = false;
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
  ['SIGHUP', 1],
] as const)
  process.on(signal, () => {
    if (isEnding) return;
    isEnding = true;
    err(`signalbox: interrupted (${signal})`);
    void endCall(terminal, err).then(() => process.exit(128 + number));
  });

const code = await runCommands(commands, terminal);
// After a signal whoever got it ends the process.
if (!isEnding) process.exit(code);
