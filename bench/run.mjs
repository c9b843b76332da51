// npm run bench [-- reads|fan-out|jobs|logs|latency|sandbox|tools]: all parts of the benchmarks, or one. See README.md.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const parts = ['reads', 'fan-out', 'jobs', 'logs', 'latency', 'sandbox', 'tools'];
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const [named, ...rest] = process.argv.slice(2);
const chosen = parts.includes(named) ? [named] : parts;
// Without the name of a part its options are those of the reads.
const options = parts.includes(named) ? rest : process.argv.slice(2);
if (named !== undefined && !named.startsWith('-') && !parts.includes(named)) {
  console.error(`There is no part "${named}"; there are ${parts.join(', ')}`);
  process.exit(1);
}

for (const part of chosen) {
  console.log(`\n# ${part}\n`);
  const code = await run(join(import.meta.dirname, part, 'run.mjs'), part === 'reads' || chosen.length === 1 ? options : []);
  if (code !== 0) process.exit(code);
}

function run(file, args) {
  const child = spawn(process.execPath, [file, ...args], { stdio: 'inherit' });
  // A part ends what it has started before it ends itself; this process waits for it.
  const pass = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve) =>
    child.once('exit', (code) => {
      for (const signal of signals) process.off(signal, pass);
      resolve(code ?? 1);
    }),
  );
}
