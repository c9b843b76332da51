import { AppError } from '#core/errors/app-error.js';
import { findForChange } from '#core/feed/find-for-change.js';
import type { WriteContext } from '#core/feed/write.js';
import type { ModuleRequest } from './module-request.entity.js';
import type { NetworkAccessRequest } from './network-access-request.entity.js';

type Request = NetworkAccessRequest | ModuleRequest;

/** Finds a request that is in force, to take back what it allows, and locks it: before the server or the configuration. */
export async function findGranted(context: WriteContext, entity: new () => Request, id: string): Promise<Request> {
  const request = await findForChange(context, entity, { id });
  if (request.status === 'PENDING') throw new AppError('PRECONDITION_FAILED', 'Nobody has decided on it: reject or cancel its approval');
  if (request.status === 'REJECTED') throw new AppError('PRECONDITION_FAILED', 'It was refused, so that it allows nothing');
  if (request.revokedAt !== null) throw new AppError('PRECONDITION_FAILED', 'It was taken back already');
  return request;
}
