import { badInput } from '#core/errors/bad-input.js';
import { isOwnName } from '#core/jobs/own-slugs.js';
import type { JobSchedule } from './job-schedule.entity.js';

type Named = Pick<JobSchedule, 'name' | 'operation'>;

/**
 * Bad input when a schedule takes the name of one that Signalbox makes and runs something else, or such a one another name: under its
 * name the start looks for what is missing.
 */
export function checkOwnName({ name, operation }: Named, before: Named | null = null): void {
  // Earlier versions allowed what is refused now: that can be switched off, renamed and deleted all the same.
  if (before?.name === name && before.operation === operation) return;
  if (isOwnName(name) && operation !== name)
    throw badInput(`The schedule ${name} belongs to Signalbox and runs the operation of that name`, 'input.operation');
  if (before && before.name !== name && isOwnName(before.name) && before.operation === before.name)
    throw badInput(`The schedule ${before.name} belongs to Signalbox and keeps its name`, 'input.name');
}
