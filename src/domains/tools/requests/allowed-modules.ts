import type { EntityManager } from '@mikro-orm/postgresql';
import { GlobalConfig } from '#domains/settings/global-config.entity.js';

/** The Python modules that code in the sandbox may import. */
export async function allowedModules(em: EntityManager): Promise<readonly string[]> {
  return (await em.findOneOrFail(GlobalConfig, { configKey: 'main' })).allowedModules;
}
