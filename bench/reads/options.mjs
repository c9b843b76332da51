import { parseArgs } from 'node:util';

const list = (text) => text?.split(',').map((word) => word.trim());

/** What to run: `BENCH_ROUNDS`, `BENCH_SECONDS`, `BENCH_QUERIES`, `BENCH_TARGETS`, `BENCH_POLICY` (off, on) and `--out <file>`. */
export function readOptions(env, argv) {
  const { values } = parseArgs({ args: argv, options: { out: { type: 'string' } } });
  const seconds = Number(env.BENCH_SECONDS ?? 5);
  return {
    rounds: Number(env.BENCH_ROUNDS ?? 5),
    seconds,
    warmUpSeconds: Math.min(2, seconds),
    queries: choose('BENCH_QUERIES', list(env.BENCH_QUERIES), ['nested', 'flat', 'lookup', 'deep']),
    targets: choose('BENCH_TARGETS', list(env.BENCH_TARGETS), ['signalbox', 'postgraphile', 'handwritten', 'stock-apollo']),
    policies: choose('BENCH_POLICY', list(env.BENCH_POLICY), ['off', 'on']),
    out: values.out,
  };
}

function choose(setting, wanted, known) {
  const unknown = wanted?.find((word) => !known.includes(word));
  if (unknown !== undefined) throw new Error(`${setting} knows ${known.join(', ')}, not "${unknown}"`);
  return wanted ? known.filter((word) => wanted.includes(word)) : known;
}
