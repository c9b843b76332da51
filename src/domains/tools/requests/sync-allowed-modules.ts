import { LockMode } from '@mikro-orm/core';
import type { EntityManager } from '@mikro-orm/postgresql';
import { GlobalConfig } from '#domains/settings/global-config.entity.js';
import { ModuleRequest } from './module-request.entity.js';

/**
 * Writes which Python modules code in the sandbox may import: exactly those of the requests that were approved and not revoked. Nothing
 * else writes that. Waits for whoever does the same, so that of two at once the second counts both.
 */
export async function syncAllowedModules(em: EntityManager): Promise<void> {
  await em.flush();
  const config = await em.findOneOrFail(GlobalConfig, { configKey: 'main' }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
  const requests = await em.find(ModuleRequest, { status: 'APPROVED', revokedAt: null }, { disableIdentityMap: true });
  const modules = [...new Set(requests.map(({ moduleName }) => moduleName))].sort();
  if (modules.join() !== config.allowedModules.join()) config.allowedModules = modules;
}
