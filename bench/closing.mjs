const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Collects what has to be stopped; `close()` stops it in reverse order, once. */
export function openClosing() {
  const stops = [];
  let closed;
  const stopAll = async () => {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
  };
  return { add: (stop) => stops.push(stop), close: () => (closed ??= stopAll()) };
}

/** Closes when a signal asks this process to end, or an error does that nobody waits for, and ends it then. */
export function closeOnSignal({ close }) {
  const end = () => void close().finally(() => process.exit(1));
  for (const signal of signals) process.once(signal, end);
  process.once('uncaughtException', (error) => {
    console.error(error);
    end();
  });
}
