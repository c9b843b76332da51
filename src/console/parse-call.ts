import { parseArgs } from 'node:util';
import type { Command } from './command.js';
import { UsageError } from './usage-error.js';

/** What was asked for on the command line. */
export interface ParsedCall {
  operands: Record<string, string>;
  flags: Set<string>;
  values: Record<string, string>;
  isHelp: boolean;
  isJson: boolean;
}

/** Finds the command that the first words call, and the arguments behind them. */
export function findCommand(commands: readonly Command[], args: readonly string[]): { command: Command; rest: string[] } | null {
  const longestFirst = commands.toSorted((one, other) => other.name.length - one.name.length);
  for (const command of longestFirst) {
    const words = command.name.split(' ');
    if (words.every((word, at) => args[at] === word)) return { command, rest: args.slice(words.length) };
  }
  return null;
}

/** Reads the arguments of a command; throws a `UsageError` when they are not what it takes. */
export function parseCall(command: Command, args: readonly string[]): ParsedCall {
  const own = Object.entries(command.options ?? {}).map(([name, { value }]) => [name, { type: value ? 'string' : 'boolean' }] as const);
  const options = { ...Object.fromEntries(own), help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } } as const;
  const { values, positionals } = parsed(args, options);
  const { help, json, ...given } = values;
  const names = command.operands ?? [];
  const missing = names.slice(positionals.length).filter((name) => !isOptional(name));
  if (!help && missing.length > 0) throw new UsageError(`${missing.join(' and ')} is missing`);
  if (positionals.length > names.length) throw new UsageError(`"${positionals[names.length]}" is one argument too many`);
  const entries = Object.entries(given as Record<string, string | boolean>);
  return {
    operands: Object.fromEntries(positionals.map((text, at) => [names[at]!.replace(/^\[|\]$/g, ''), text])),
    flags: new Set(entries.filter(([, value]) => value === true).map(([name]) => name)),
    values: Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    isHelp: help === true,
    isJson: json === true,
  };
}

const isOptional = (operand: string): boolean => operand.startsWith('[');

function parsed(args: readonly string[], options: NonNullable<Parameters<typeof parseArgs>[0]>['options'] & object) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    // What follows the first sentence is advice for other cases.
    throw new UsageError((error as Error).message.split('. ')[0]!);
  }
}
