// npm run chaos: see docs/chaos.md.
import 'reflect-metadata';
import { readOptions } from './options.ts';
import { play } from './play/play.ts';
import { summary } from './play/summary.ts';

const options = readOptions(process.argv.slice(2));
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());

const tell = (line: string): void => void process.stdout.write(`${line}\n`);
tell(`The seed of this run is ${options.seed}`);
const outcome = await play(options, { tell, signal: interrupted.signal });
tell(`\n${summary(options, outcome)}`);
process.exit(outcome.problems.length === 0 ? 0 : 1);
