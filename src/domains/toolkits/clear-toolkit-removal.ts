import { LockMode } from '@mikro-orm/core';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { ToolkitRemoval } from './toolkit-removal.entity.js';
import { lockToolkits } from './toolkit-stream.js';

/** Allows a slug again whose toolkit was uninstalled; nothing is installed by that. Returns the slug. */
export async function clearToolkitRemoval(context: WriteContext, slug: string): Promise<string> {
  await lockToolkits(context);
  const removal = await context.em.findOne(ToolkitRemoval, { slug }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!removal) throw notFound(`ToolkitRemoval ${slug}`);
  context.em.remove(removal);
  context.record('toolkits.toolkitRemoval.cleared', removal);
  return slug;
}
