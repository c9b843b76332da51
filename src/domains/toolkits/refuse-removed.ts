import type { WriteContext } from '#core/feed/write.js';
import { AppError } from '#core/errors/app-error.js';
import { ToolkitRemoval } from './toolkit-removal.entity.js';

/** Throws when a toolkit of that slug was uninstalled and nobody has allowed it again. */
export async function refuseRemoved({ em, log }: WriteContext, slug: string): Promise<void> {
  const removal = await em.findOne(ToolkitRemoval, { slug });
  if (!removal) return;
  log.warn({ toolkit: slug }, 'a toolkit that was uninstalled was not installed again; clearToolkitRemoval allows it');
  throw new AppError(
    'PRECONDITION_FAILED',
    `The toolkit ${slug} was uninstalled by ${removal.removedByName} at ${removal.removedAt.toISOString()}: clearToolkitRemoval allows it again`,
  );
}
