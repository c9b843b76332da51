import { setTimeout as pause } from 'node:timers/promises';
import { connectionsOf } from '../stage/connections-of.ts';
import type { Fault } from './fault.ts';

/** Things that do not die, and say nothing for a while. */
export const silences: Fault[] = [
  {
    name: 'the bell silenced',
    weight: 2,
    async strike({ stage, random }) {
      await stage.redis?.stop();
      const until = Date.now() + random.between(500, 6_000);
      while (Date.now() < until) {
        await stage.sql.read(
          `select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen signalbox%' or query like 'select pg_notify(%'`,
        );
        await pause(100);
      }
      await stage.redis?.start();
    },
  },
  {
    name: 'a worker frozen until it is lost',
    weight: 3,
    async strike({ stage, random }) {
      const worker = random.oneOf(stage.workers);
      const { pid } = worker;
      if (pid === undefined || !worker.isReady) return;
      worker.signal('SIGSTOP');
      try {
        await stage.sql.read(`select pg_terminate_backend(pid) from pg_stat_activity where client_port = any($1)`, [
          connectionsOf(pid, stage.database.port),
        ]);
        // The other worker looks each second, and by then has begun the runs of this one anew.
        await pause(random.between(1_500, 4_000));
      } finally {
        worker.signal('SIGCONT');
      }
    },
  },
  {
    name: 'an API frozen',
    weight: 1,
    async strike({ stage, random }) {
      stage.otherApi.signal('SIGSTOP');
      await pause(random.between(500, 3_000));
      stage.otherApi.signal('SIGCONT');
    },
  },
];
