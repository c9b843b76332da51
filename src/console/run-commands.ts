import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { createLogger } from '#core/log/logger.js';
import type { Config } from '../config.js';
import type { Call, Command } from './command.js';
import { helpOf, helpOfAll, usageOf } from './help.js';
import { findCommand, parseCall, type ParsedCall } from './parse-call.js';
import { UsageError } from './usage-error.js';

/** Where the command line stands: its arguments, its folder, its settings, and what it writes and reads. */
export interface Terminal {
  args: readonly string[];
  folder: string;
  readConfig: () => Config;
  input: NodeJS.ReadableStream;
  out: (line: string) => void;
  err: (line: string) => void;
  /** What is to be done at the end; whoever ends the process early does it too. */
  deferred: (() => Promise<void>)[];
}

/** Runs the command that the arguments name; returns the exit code. */
export async function runCommands(commands: readonly Command[], terminal: Terminal): Promise<number> {
  const { args, out, err } = terminal;
  const found = findCommand(commands, args);
  const isHelp = ['--help', '-h', 'help'].includes(args[0] ?? '');
  if (!found) {
    if (args.length > 0 && !isHelp) err(`There is no command "${args.join(' ')}".\n`);
    (isHelp ? out : err)(helpOfAll(commands));
    return isHelp ? 0 : 2;
  }
  const { command } = found;
  try {
    const parsed = parseCall(command, found.rest);
    if (parsed.isHelp) {
      out(helpOf(command));
      return 0;
    }
    return (await command.run(callOf(parsed, terminal))) ?? 0;
  } catch (error) {
    if (!(error instanceof UsageError)) {
      err(`signalbox ${command.name}: ${reasonOf(error)}`);
      return 1;
    }
    err(`signalbox ${command.name}: ${error.message}.\n${usageOf(command)}`);
    return 2;
  } finally {
    await endCall(terminal, err);
  }
}

/** Does what was deferred, the last first. */
export async function endCall({ deferred }: Pick<Terminal, 'deferred'>, err: (line: string) => void): Promise<void> {
  for (const task of deferred.splice(0).reverse()) await task().catch((error: unknown) => err(`signalbox: ${reasonOf(error)}`));
}

function callOf({ operands, flags, values, isJson }: ParsedCall, terminal: Terminal): Call {
  let config: Config;
  try {
    config = terminal.readConfig();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  return {
    config,
    // What a server tells of its life is nothing for a terminal.
    log: createLogger(config.LOG_LEVEL === 'info' ? 'warn' : config.LOG_LEVEL),
    operands,
    flags,
    values,
    tell: (line) => (isJson ? terminal.err(line) : terminal.out(line)),
    answer: (value, line) => terminal.out(isJson ? JSON.stringify(value) : line),
    pathOf: (name) => resolve(terminal.folder, (operands[name] ?? values[name])!),
    readInput: async () => (await text(terminal.input)).replace(/\r?\n$/, ''),
    defer: (task) => void terminal.deferred.push(task),
  };
}

// A connection that is refused has no message of its own, only those of the addresses that were tried.
function reasonOf(error: unknown): string {
  const { message, errors, code } = error as Error & { errors?: Error[]; code?: string };
  return message || errors?.map((each) => each.message).join('; ') || code || String(error);
}
