// Runs the jobs of a bare queue: each notes when it began. With WITH_PROCESSES each has a process of its own, as runs of Signalbox have.
import { spawn } from 'node:child_process';
import { epochMs } from '../clock.mjs';
import { answerParent } from '../messages.mjs';

const peers = {
  'pg-boss': () => import('./peers/pg-boss.mjs'),
  graphile: () => import('./peers/graphile.mjs'),
  bullmq: () => import('./peers/bullmq.mjs'),
};
const { PEER, BENCH_DATABASE, QUEUE, WITH_PROCESSES } = process.env;
const program = 'console.log(performance.timeOrigin + performance.now())';
let starts = [];

async function work(id) {
  const startedAt = WITH_PROCESSES === 'true' ? await inProcess() : epochMs();
  starts.push([id, startedAt]);
}
const { startWorker } = await peers[PEER]();
const stop = await startWorker({ databaseUrl: BENCH_DATABASE, queue: QUEUE, concurrency: WITH_PROCESSES === 'true' ? 4 : 10 }, work);

answerParent({
  // Those since the last time.
  starts() {
    const told = starts;
    starts = [];
    return told;
  },
});
console.log('the worker is at http://nowhere');
process.once('SIGTERM', () => void stop().then(() => process.exit(0)));

function inProcess() {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-e', program], { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.once('error', reject).once('close', () => resolve(Number(said)));
  });
}
