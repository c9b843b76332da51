import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import type { Operation } from '#core/jobs/operations.js';
import { Settings } from '#core/settings/settings.js';
import { acceptNewJobs } from '../job.settings.js';

/** Refuses new jobs while the setting says so; what Signalbox does for itself goes on. */
export function checkAccepting({ actor, services }: WriteContext, { toolkitId }: Operation): void {
  const isOwn = actor.kind === 'system' && toolkitId === null;
  if (isOwn || services.get(Settings).value(acceptNewJobs)) return;
  throw new AppError('PRECONDITION_FAILED', 'No new jobs are taken in at the moment: the feature flag jobs.acceptNew is off');
}
