import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { isUuid } from '#core/database/id.js';
import { Job } from '../job.entity.js';

/** A job as it is now, held until the end of the transaction; null when there is none. What follows it is locked after it. */
export const lockJob = async (em: EntityManager, id: string): Promise<Job | null> =>
  isUuid(id) ? em.findOne(Job, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true }) : null;
