import { SignOfLife } from '#domains/observability/index.js';
import type { TestApp } from './app.js';

/** Stops what a process writes by itself, and gives nothing its place any more: what is refused is recorded, but is in no list then. */
export async function freeze({ system }: TestApp): Promise<void> {
  await system.services.get(SignOfLife).stop();
  await system.sequencer.run();
  system.sequencer.run = () => Promise.resolve();
}
