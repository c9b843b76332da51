// npm run chaos: see docs/chaos.md.
import 'reflect-metadata';
import { readOptions } from './options.ts';
import { play } from './play/play.ts';
import { summary } from './play/summary.ts';

const options = readOptions(process.argv.slice(2));
const tell = (line: string): void => void process.stdout.write(`${line}\n`);
tell(`The seed of this run is ${options.seed}`);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    tell('Interrupted: nothing was compared since the last act.');
    // What it started is ended at the exit of this process.
    process.exit(130);
  });
const outcome = await play(options, { tell, signal: new AbortController().signal });
tell(`\n${summary(options, outcome)}`);
process.exit(outcome.problems.length === 0 ? 0 : 1);
