import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { hasAdministrator } from './has-administrator.js';

const lastOne = {
  countsLinks: true,
  message: 'This is the last administrator: make another active superuser who has a password first, so that somebody can still sign in',
};

/** Refuses what has just been done when nobody is left who can sign in as a superuser. To be called while the rights are locked. */
export async function keepAdministrator({ em }: WriteContext, { countsLinks, message } = lastOne): Promise<void> {
  await em.flush();
  if (!(await hasAdministrator(em, { countsLinks }))) throw new AppError('PRECONDITION_FAILED', message);
}
