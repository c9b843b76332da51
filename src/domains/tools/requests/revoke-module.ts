import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { baseModules } from '../sandbox/modules.js';
import { findGranted } from './find-granted.js';
import { ModuleRequest } from './module-request.entity.js';
import type { Revocation } from './revoke-network-access.js';
import { syncAllowedModules } from './sync-allowed-modules.js';

/** Takes back that code may import a module, unless every tool may; what was decided stays as it was. */
export async function revokeModule(context: WriteContext, { id, reason }: Revocation): Promise<ModuleRequest> {
  const request = (await findGranted(context, ModuleRequest, id)) as ModuleRequest;
  if (baseModules.includes(request.moduleName))
    throw new AppError('PRECONDITION_FAILED', `Every tool may import ${request.moduleName}: it reaches nothing outside of a run`);
  request.revokedAt = context.now;
  context.record('tools.moduleRequest.revoked', request, reason == null ? {} : { message: reason });
  await syncAllowedModules(context.em);
  return request;
}
