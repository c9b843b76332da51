import { LockMode } from '@mikro-orm/core';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { lockToolkits } from './toolkit-stream.js';
import { Toolkit } from './toolkit.entity.js';

/** Which toolkit to change, and perhaps the revision that was seen. */
export interface ToolkitChoice {
  slug: string;
  expectedRevision?: number | null;
}

/** Finds a toolkit to change, and locks it: nobody starts a job of it meanwhile. */
export async function findToolkit(context: WriteContext, { slug, expectedRevision = null }: ToolkitChoice): Promise<Toolkit> {
  await lockToolkits(context);
  const toolkit = await context.em.findOne(Toolkit, { slug }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!toolkit) throw notFound(`Toolkit ${slug}`);
  if (expectedRevision !== null) await context.em.lock(toolkit, LockMode.OPTIMISTIC, expectedRevision);
  return toolkit;
}
