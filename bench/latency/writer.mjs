// Appends at a rate, as the workers of jobs do: with the product's own functions, lines to one stream or events to many.
import { startApp } from '../../dist/src/app.js';
import { readConfig } from '../../dist/src/config.js';
import { append, sequencedStream } from '../../dist/src/core/feed/streams.js';
import { sequence } from '../../dist/src/core/feed/write.js';
import { createLogger } from '../../dist/src/core/log/logger.js';
import { domains } from '../../dist/src/domains.js';
import { JobLogLine } from '../../dist/src/domains/jobs/job-log-line.entity.js';
import { appendEvents, eventsOf, linesOf } from '../../dist/src/domains/jobs/job-streams.js';
import { composeGraph } from '../../dist/src/graph.js';
import { nowMs } from '../items.mjs';
import { answerParent } from '../messages.mjs';

const app = await startApp(readConfig(process.env), createLogger('error'), composeGraph(domains));
const { database, bell } = app.system;
const tickMs = 25;
const mostAtOnce = 8;
const filler = 'x'.repeat(100);

async function writeLines(jobId, numbers) {
  const createdAt = new Date();
  const rows = numbers.map((n) => ({
    job: jobId,
    attempt: 1,
    stream: 'STDOUT',
    level: 'INFO',
    text: `${n} ${filler}`,
    fields: null,
    createdAt,
  }));
  await append(database.fork(), { stream: linesOf(jobId), fence: 0, entity: JobLogLine, column: 'seq' }, rows);
  const at = nowMs();
  bell.ring(linesOf(jobId));
  return at;
}

async function writeEvents(jobId, numbers) {
  const events = numbers.map((n) => ({ status: 'RUNNING', attempt: 1, message: `${n} ${filler}`, progress: 1 }));
  await appendEvents(database.fork(), jobId, 0, events);
  const at = nowMs();
  bell.ring(eventsOf(jobId), sequencedStream);
  void sequence(app.system);
  return at;
}

answerParent({
  /** Every item has a number; returns when each was committed, as far as a writer can know it. */
  async write({ jobIds, rate, seconds }) {
    const commits = [];
    const running = new Set();
    const writeOne = jobIds.length === 1 ? writeLines : writeEvents;
    const began = nowMs();
    let stream = 0;
    const start = async (numbers) => {
      const at = await writeOne(jobIds[stream++ % jobIds.length], numbers);
      for (const n of numbers) commits[n] = at;
    };
    for (let next = 0; next < rate * seconds;) {
      const due = Math.min(Math.floor(((nowMs() - began) * rate) / 1000) + 1, rate * seconds);
      // One stream is written batch after batch, many by several at once, ten items each.
      const most = jobIds.length === 1 ? 2_000 : Math.max(1, rate / 1_000);
      while (next < due && running.size < (jobIds.length === 1 ? 1 : mostAtOnce)) {
        const numbers = Array.from({ length: Math.min(due - next, most) }, (_, i) => next + i);
        next += numbers.length;
        const one = start(numbers).finally(() => running.delete(one));
        running.add(one);
      }
      const pause = new Promise((resolve) => setTimeout(resolve, Math.min(tickMs, 1000 / rate)));
      await (next < due ? Promise.race(running) : pause);
    }
    await Promise.all(running);
    return { commits, achieved: commits.length / ((nowMs() - began) / 1000) };
  },
});
console.log(`The writer is at ${app.url}`);
process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)));
