import type { Random } from '../random.ts';
import { endsOfProcesses } from './ends-of-processes.ts';
import { endsOfTheDatabase } from './ends-of-the-database.ts';
import type { Fault } from './fault.ts';
import { silences } from './silences.ts';
import { troublesOfClients } from './troubles-of-clients.ts';

/** Everything that goes wrong here. */
export const allFaults: readonly Fault[] = [...endsOfProcesses, ...endsOfTheDatabase, ...silences, ...troublesOfClients];

/** Draws the faults of one round: one, or some at the same time. */
export function drawFaults(random: Random): Fault[] {
  const drawn = new Set<Fault>();
  const count = random.oneOf([1, 1, 1, 2, 2, 3]);
  while (drawn.size < count) drawn.add(random.oneOf(allFaults.flatMap((fault) => Array<Fault>(fault.weight).fill(fault))));
  return [...drawn];
}
