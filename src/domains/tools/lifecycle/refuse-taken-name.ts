import type { EntityManager } from '@mikro-orm/postgresql';
import { AppError } from '#core/errors/app-error.js';
import { Tool } from '../tool.entity.js';

/** Refuses a name that another tool of the same server has; tools without a server count as those of one. */
export async function refuseTakenName(em: EntityManager, serverId: string | null, { id, name }: Pick<Tool, 'id' | 'name'>): Promise<void> {
  if ((await em.count(Tool, { server: serverId, name, id: { $ne: id } })) > 0)
    throw new AppError('CONFLICT', `Another tool of this server has the name ${name} already`, { paths: ['input.name'] });
}
