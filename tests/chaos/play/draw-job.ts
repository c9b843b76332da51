import type { Random } from '../random.ts';

// So much comes of such lines that it does not fit into the buffers of a connection.
const wide = 7_000;

/** What a job does. */
export interface JobParameters {
  lines: number;
  width?: number;
  [name: string]: number | undefined;
}

/** Draws what a job does: short, with pauses, long enough to be interrupted, or a flood; some of them fail now and then. */
export function drawJob(random: Random): JobParameters {
  if (random.chance(0.03)) return { lines: 500, pauseMs: 60, burst: 20, width: wide };
  const kind = random.between(1, 20);
  const failChance = random.chance(0.15) ? 0.02 : 0;
  if (kind <= 6) return { lines: random.between(1, 20), pauseMs: random.between(0, 30), failChance: failChance * 5 };
  if (kind <= 14) return { lines: random.between(20, 90), pauseMs: random.between(20, 80), burst: random.between(1, 4), failChance };
  if (kind <= 18) return { lines: random.between(40, 80), pauseMs: random.between(100, 200), failChance };
  return { lines: random.between(500, 1_200), pauseMs: 5, burst: 100, width: 200, failChance };
}

/** Whether somebody who does not read while a job runs falls behind. */
export const isWide = ({ width = 0 }: JobParameters): boolean => width >= wide;
