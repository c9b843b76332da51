import type { Command } from './command.js';

const call = 'npm run signalbox --';

/** How a command is called. */
export const usageOf = ({ name, operands = [], options = {} }: Command): string =>
  ['Usage:', call, name, ...operands, ...(Object.keys(options).length > 0 ? ['[options]'] : [])].join(' ');

/** The help of one command. */
export function helpOf(command: Command): string {
  const options = Object.entries(command.options ?? {}).map(([name, { value, description }]): [string, string] => [
    `--${name}${value ? ` ${value}` : ''}`,
    description,
  ]);
  const every: [string, string][] = [
    ['--json', 'Print the result as JSON (use "npm run --silent signalbox -- …" then)'],
    ['--help', 'Show this'],
  ];
  return [
    `${command.summary}.`,
    ...(command.details ? ['', command.details] : []),
    '',
    usageOf(command),
    '',
    'Options:',
    ...columns([...options, ...every]),
  ].join('\n');
}

/** The help of the command line: its table of commands. */
export function helpOfAll(commands: readonly Command[]): string {
  const rows = commands.map((command): [string, string] => [[command.name, ...(command.operands ?? [])].join(' '), command.summary]);
  return [
    'Works on an installation from the command line, with the same settings as the server.',
    '',
    `Usage: ${call} COMMAND [options]`,
    '',
    'Commands:',
    ...columns(rows),
    '',
    `"${call} COMMAND --help" tells more. Exit codes: 0 done, 1 failed, 2 wrong usage.`,
  ].join('\n');
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
