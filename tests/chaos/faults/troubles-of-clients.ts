import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.ts';

/** What goes wrong on the side of the clients. */
export const troublesOfClients: Fault[] = [
  {
    name: 'sockets of subscribers cut',
    weight: 3,
    async strike({ subscribers, random }) {
      for (const subscriber of subscribers()) if (random.chance(0.6)) subscriber.cut();
    },
  },
  {
    name: 'subscribers that do not read',
    weight: 3,
    async strike({ subscribers, random }) {
      const paused = subscribers().filter(() => random.chance(0.5));
      for (const subscriber of paused) subscriber.pause();
      await pause(random.between(1_000, 5_000));
      for (const subscriber of paused) subscriber.resume();
    },
  },
];
