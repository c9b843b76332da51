/**
 * Starts a generator that ends as soon as its reader leaves it or `gone` is aborted. A generator by itself notices a reader's leave
 * only with its next item, which may take as long as it waits for one.
 */
export function leavable<Item>(gone: AbortSignal, start: (signal: AbortSignal) => AsyncGenerator<Item>): AsyncGenerator<Item> {
  const left = new AbortController();
  const leave = (): void => {
    gone.removeEventListener('abort', leave);
    left.abort();
  };
  gone.addEventListener('abort', leave);
  if (gone.aborted) leave();
  const generator = (async function* () {
    try {
      yield* start(left.signal);
    } finally {
      leave();
    }
  })();
  const end = generator.return.bind(generator);
  generator.return = (value) => {
    leave();
    return end(value);
  };
  return generator;
}
