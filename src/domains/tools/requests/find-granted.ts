import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import type { ModuleRequest } from './module-request.entity.js';
import type { NetworkAccessRequest } from './network-access-request.entity.js';

type Request = NetworkAccessRequest | ModuleRequest;

/** Finds a request that is in force, to take back what it allows, and locks it: before the server or the configuration. */
export async function findGranted({ em, actor }: WriteContext, entity: new () => Request, id: string): Promise<Request> {
  const isVisible = isUuid(id) && can(actor, 'tool:read');
  const request = isVisible ? await em.findOne<Request>(entity, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true }) : null;
  if (!request) throw notFound(`${entity.name} ${id}`);
  if (request.status === 'PENDING') throw new AppError('PRECONDITION_FAILED', 'Nobody has decided on it: reject or cancel its approval');
  if (request.status === 'REJECTED') throw new AppError('PRECONDITION_FAILED', 'It was refused, so that it allows nothing');
  if (request.revokedAt !== null) throw new AppError('PRECONDITION_FAILED', 'It was taken back already');
  return request;
}
