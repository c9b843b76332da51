import { expect, onTestFinished, test } from 'vitest';
import { aSeed } from './options.ts';
import { play } from './play/play.ts';
import { summary } from './play/summary.ts';

const seed = Number(process.env.CHAOS_SEED ?? aSeed());
// What was begun is awaited after that, so that it takes about a minute.
const options = { minutes: 0.7, seed, redis: false, sse: false };

test('whatever dies, every job ends as it was promised and every follower sees exactly what happened', async () => {
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  tell(`the seed of this run is ${seed}; CHAOS_SEED=${seed} repeats it`);
  const interrupted = new AbortController();
  onTestFinished(() => interrupted.abort());

  const outcome = await play(options, { tell, signal: interrupted.signal });

  tell(summary(options, outcome));
  expect(outcome.problems).toEqual([]);
  expect(outcome.tally.rounds).toBeGreaterThan(2);
  expect(outcome.tally.items).toBeGreaterThan(0);
  expect(outcome.tally.events).toBeGreaterThan(0);
}, 400_000);
