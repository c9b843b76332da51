import { setTimeout as pause } from 'node:timers/promises';

/** Waits until something holds; returns false when it did not within the time. */
export async function until(holds: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > deadline) return false;
    await pause(50);
  }
  return true;
}
