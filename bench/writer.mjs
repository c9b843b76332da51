// A process that appends to streams as the worker of a job does, with the product's own functions, without running a job.
import { startApp } from '../dist/src/app.js';
import { readConfig } from '../dist/src/config.js';
import { append } from '../dist/src/core/feed/streams.js';
import { createLogger } from '../dist/src/core/log/logger.js';
import { domains } from '../dist/src/domains.js';
import { JobLogLine } from '../dist/src/domains/jobs/job-log-line.entity.js';
import { linesOf } from '../dist/src/domains/jobs/job-streams.js';
import { composeGraph } from '../dist/src/graph.js';
import { makeItems } from './items.mjs';
import { answerParent } from './messages.mjs';

const app = await startApp(readConfig(process.env), createLogger('error'), composeGraph(domains));
const { database, bell } = app.system;

answerParent({
  async publish({ jobId, first, count }) {
    const rows = makeItems(first, count).map(({ level, text }) => ({
      job: jobId,
      attempt: 1,
      stream: 'STDOUT',
      level,
      text,
      fields: null,
      createdAt: new Date(),
    }));
    const last = await append(database.fork(), { stream: linesOf(jobId), fence: 0, entity: JobLogLine, column: 'seq' }, rows);
    if (last !== first + count - 1) throw new Error(`the lines were to end at ${first + count - 1}, not at ${last}`);
    bell.ring(linesOf(jobId));
  },
});
console.log(`The writer is at ${app.url}`);
process.once('SIGTERM', () => void app.stop().then(() => process.exit(0)));
