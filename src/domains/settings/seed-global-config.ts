import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { GlobalConfig } from './global-config.entity.js';

/** Makes the one configuration of the installation when there is none yet; which modules are allowed follows from what is approved. */
export async function seedGlobalConfig({ em }: WriteContext): Promise<void> {
  if ((await em.count(GlobalConfig)) > 0) return;
  const values = { id: newId(declarationOf(GlobalConfig).type), configKey: 'main', allowedModules: [] };
  em.persist(Object.assign(new GlobalConfig(), values));
}
