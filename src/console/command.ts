import type { Config } from '../config.js';
import type { Logger } from '#core/log/logger.js';

/** An option of a command: a flag, or with `value` one that takes a value. */
export interface CommandOption {
  description: string;
  /** What stands for the value in the help. */
  value?: string;
}

/** What the command line can do: one row of its table. */
export interface Command {
  /** The words that call it, such as `user list`. */
  name: string;
  summary: string;
  /** More for its own help, in lines. */
  details?: string;
  /** Names of what follows the words; those in brackets may be left out. */
  operands?: readonly string[];
  options?: Readonly<Record<string, CommandOption>>;
  /** Does it; returns the exit code when it is not 0. */
  run(call: Call): Promise<number | void>;
}

/** One call of a command. */
export interface Call {
  readonly config: Config;
  readonly log: Logger;
  /** What was given for the operands, by their names. */
  readonly operands: Readonly<Record<string, string>>;
  readonly flags: ReadonlySet<string>;
  readonly values: Readonly<Record<string, string>>;
  /** Tells the person at the terminal something, unless the output is JSON. */
  tell(text: string): void;
  /** Prints the result: the text, or with --json the value. */
  answer(value: unknown, text: string): void;
  /** The path of a file that was named on the command line, by an operand or an option. */
  pathOf(name: string): string;
  /** All of standard input, without the end of its last line. */
  readInput(): Promise<string>;
  /** Does something at the end, however the command ends; what was deferred last comes first. */
  defer(task: () => Promise<void>): void;
}
