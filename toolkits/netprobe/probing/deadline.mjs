/**
 * Runs something that ends when its signal is aborted, and gives up when its time is over or the run is stopped.
 * @template Result
 * @param {AbortSignal} signal of the run
 * @param {number} timeoutMs
 * @param {(signal: AbortSignal) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function deadline(signal, timeoutMs, work) {
  const controller = new AbortController();
  const timedOut = Object.assign(new Error(`No answer within ${timeoutMs} ms`), { code: 'TIMEOUT' });
  const timer = setTimeout(() => controller.abort(timedOut), timeoutMs);
  const stop = () => controller.abort(signal.reason);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  const { promise: isOver, reject } = Promise.withResolvers();
  const giveUp = () => reject(controller.signal.reason);
  if (controller.signal.aborted) giveUp();
  else controller.signal.addEventListener('abort', giveUp, { once: true });
  try {
    // A look-up of a name listens to no signal.
    return await Promise.race([work(controller.signal), isOver]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    controller.signal.removeEventListener('abort', giveUp);
    controller.abort(new Error('over'));
  }
}
