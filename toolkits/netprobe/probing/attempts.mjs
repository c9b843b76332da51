import { setTimeout as pause } from 'node:timers/promises';
import { TargetRefused } from '../guard/target-refused.mjs';
import { deadline } from './deadline.mjs';
import { latency } from './latency.mjs';
import { milliseconds } from './milliseconds.mjs';
import { reasonOf } from './reason-of.mjs';

/**
 * One try: what it took, and what it found or why it failed.
 * @typedef {{ attempt: number, at: string, isOk: boolean, ms: number, error: string | null, [found: string]: unknown }} Attempt
 */

/**
 * Tries several times, one after the other, and tells of each. What fails counts as lost; a refused target ends the run.
 * @param {import('../worker.mjs').Run} run
 * @param {string} what the target, for people
 * @param {(signal: AbortSignal) => Promise<{ ms: number, text?: string, failure?: string | null, [found: string]: unknown }>} once
 * @returns {Promise<Attempt[]>}
 */
export async function makeAttempts({ parameters, signal, progress, log }, what, once) {
  const { attempts: count = 5, intervalMs = 200, timeoutMs = 5_000 } = parameters;
  const made = [];
  await log('INFO', `Probing ${what}: ${count} ${count === 1 ? 'attempt' : 'attempts'}`);
  for (let attempt = 1; attempt <= count; attempt += 1) {
    if (attempt > 1) await pause(intervalMs, undefined, { signal });
    signal.throwIfAborted();
    const { text, ...tried } = await tryOnce(once, { attempt, signal, timeoutMs });
    made.push(tried);
    const told = tried.isOk ? `${tried.ms} ms${text ? `, ${text}` : ''}` : tried.error;
    await log(tried.isOk ? 'INFO' : 'WARN', `Attempt ${attempt}: ${told}`, tried);
    await progress({
      status: 'probing',
      message: `Attempt ${attempt} of ${count}: ${told}`,
      progress: (attempt / count) * 100,
      payload: { attempt, isOk: tried.isOk, ms: tried.ms },
    });
  }
  return made;
}

/** Sums attempts up. @param {readonly Attempt[]} attempts */
export function sumUp(attempts) {
  const answered = attempts.filter(({ isOk }) => isOk);
  return {
    attempts: attempts.length,
    succeeded: answered.length,
    lossPercent: milliseconds(((attempts.length - answered.length) / attempts.length) * 100),
    latencyMs: latency(answered.map(({ ms }) => ms)),
    errors: countsOf(attempts.flatMap(({ error }) => (error === null ? [] : [error]))),
  };
}

async function tryOnce(once, { attempt, signal, timeoutMs }) {
  const at = new Date().toISOString();
  const startedMs = performance.now();
  try {
    const { ms, failure = null, ...found } = await deadline(signal, timeoutMs, once);
    return { attempt, at, isOk: failure === null, ms: milliseconds(ms), error: failure, ...found };
  } catch (error) {
    if (signal.aborted || error instanceof TargetRefused) throw error;
    return { attempt, at, isOk: false, ms: milliseconds(performance.now() - startedMs), error: reasonOf(error) };
  }
}

const countsOf = (texts) => {
  const counts = new Map();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([error, count]) => ({ error, count }));
};
