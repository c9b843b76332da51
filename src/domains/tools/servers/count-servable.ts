import type { EntityManager } from '@mikro-orm/postgresql';
import { Tool } from '../tool.entity.js';

/** How many tools of a server could be served: those that are approved and enabled. */
export const countServable = (em: EntityManager, serverId: string): Promise<number> =>
  em.count(Tool, { server: serverId, approvalStatus: 'APPROVED', isEnabled: true });
