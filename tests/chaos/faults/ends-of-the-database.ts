import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseStop } from '../stage/database-server.ts';
import { ownName } from '../stage/sql-session.ts';
import type { Fault } from './fault.ts';

const stopped = (how: DatabaseStop, weight: number): Fault => ({
  name: `PostgreSQL restarted (${how})`,
  weight,
  strike: ({ stage, random }) => stage.database.restart(how, random.between(0, 2_000)),
});

/** A database that goes away, and connections to it that break. */
export const endsOfTheDatabase: Fault[] = [
  stopped('fast', 1),
  stopped('immediate', 1),
  stopped('killed', 1),
  {
    name: 'connections to the database cut',
    weight: 4,
    async strike({ stage, random }) {
      const share = random.oneOf([0.2, 0.5, 1]);
      for (let i = random.between(1, 3); i > 0; i--) {
        await stage.sql.read(
          `select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and application_name <> $1 and random() < $2`,
          [ownName, share],
        );
        await pause(random.between(50, 400));
      }
    },
  },
];
