import { setTimeout as pause } from 'node:timers/promises';
import { runsOf } from '../stage/runs-of.ts';
import type { ActorProcess } from '../stage/actor-process.ts';
import type { Fault, Scene } from './fault.ts';

async function endInOrder(actor: ActorProcess, { complain }: Scene): Promise<void> {
  if (!actor.isReady) return;
  const code = await actor.end('SIGTERM');
  // Without a code another fault has killed it meanwhile.
  if (code !== 0 && code !== null) complain(`${actor.settings.name} ended with ${code} when it was told to stop`);
  await actor.ready();
}

/** Processes that die, and processes that are told to stop. */
export const endsOfProcesses: Fault[] = [
  {
    name: 'kill -9 of an API',
    weight: 3,
    async strike({ stage }) {
      await stage.otherApi.end('SIGKILL');
      await stage.otherApi.ready();
    },
  },
  {
    name: 'kill -9 of a worker',
    weight: 4,
    async strike({ stage, random }) {
      const worker = random.oneOf(stage.workers);
      await worker.end('SIGKILL');
      await worker.ready();
    },
  },
  {
    name: 'kill -9 of runs',
    weight: 3,
    async strike({ stage, random }) {
      const { pid } = random.oneOf(stage.workers);
      const runs = pid === undefined ? [] : runsOf(pid);
      for (const run of runs) if (random.chance(0.6)) killIfThere(run);
    },
  },
  { name: 'SIGTERM of an API', weight: 1, strike: (scene) => endInOrder(scene.stage.otherApi, scene) },
  { name: 'SIGTERM of a worker', weight: 2, strike: (scene) => endInOrder(scene.random.oneOf(scene.stage.workers), scene) },
  {
    name: 'both workers killed',
    weight: 1,
    async strike({ stage, random }) {
      await Promise.all(stage.workers.map((worker) => worker.end('SIGKILL')));
      await pause(random.between(0, 500));
      await Promise.all(stage.workers.map((worker) => worker.ready()));
    },
  },
];

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
