import { setTimeout as wait } from 'node:timers/promises';
import { epochMs } from '../clock.mjs';

const parallel = 10;
const patienceMs = 180_000;

/** Asks for jobs at a steady rate, whether earlier ones have been accepted or not; returns the times of each. */
export async function askAtRate(target, { rate, seconds }) {
  const asking = [];
  const began = epochMs();
  for (let i = 0; i < rate * seconds; i += 1) {
    await wait(Math.max(0, began + (i * 1000) / rate - epochMs()));
    asking.push(askOne(target));
  }
  return startsOf(target, await Promise.all(asking));
}

/** Asks for jobs as fast as ten callers can; returns the times of each. */
export async function askAtOnce(target, count) {
  const asked = [];
  let left = count;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      asked.push(await askOne(target));
    }
  };
  await Promise.all(Array.from({ length: parallel }, caller));
  return startsOf(target, asked);
}

async function askOne({ enqueue }) {
  const askedAt = epochMs();
  const id = await enqueue();
  return { id, askedAt, acceptedAt: epochMs() };
}

// Every job must have run, once.
async function startsOf({ starts }, asked) {
  for (const giveUpAt = epochMs() + patienceMs; epochMs() < giveUpAt;) {
    const known = await starts(asked.map(({ id }) => id));
    if (known.size === asked.length) return asked.map((job) => ({ ...job, ...known.get(job.id) }));
    await wait(50);
  }
  throw new Error('not every job ran in time');
}
