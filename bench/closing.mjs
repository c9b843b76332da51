const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Collects what has to be stopped; `close()` stops it in reverse order. `add` returns how to stop one thing earlier: nothing is stopped
 * twice, and what cannot be stopped keeps nothing else from it.
 */
export function openClosing() {
  const stops = [];
  let closed;
  const add = (stop) => {
    let stopped;
    const stopOnce = () => (stopped ??= Promise.resolve().then(stop));
    stops.push(stopOnce);
    return stopOnce;
  };
  const stopAll = async () => {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await stop().catch((error) => console.error('Something did not stop:', error));
  };
  return { add, close: () => (closed ??= stopAll()) };
}

/** Closes when a signal asks this process to end, or an error does that nobody waits for, and ends it then. */
export function closeOnSignal({ close }) {
  const end = () => void close().finally(() => process.exit(1));
  // More than one of them counts as one: Ctrl-C comes from the terminal and from whoever has started this process.
  for (const signal of signals) process.on(signal, end);
  process.on('uncaughtException', (error) => {
    console.error(error);
    end();
  });
}
