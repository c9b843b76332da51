const text = 'x'.repeat(100);

/** Registers the operations that the benchmarks run. */
export function register(toolkit) {
  toolkit.operation('print', print);
  toolkit.operation('nothing', () => ({ startedAt: performance.timeOrigin + performance.now() }));
}

// A chunk for every hundred lines, as a program that writes to a pipe has it, waiting when the pipe is full.
async function print({ parameters: { lines } }) {
  for (let from = 1; from <= lines; from += 100) {
    const until = Math.min(from + 99, lines);
    let chunk = '';
    for (let i = from; i <= until; i += 1) chunk += `${i} ${text}\n`;
    if (!process.stdout.write(chunk)) await new Promise((resolve) => process.stdout.once('drain', resolve));
  }
  return { lines };
}
