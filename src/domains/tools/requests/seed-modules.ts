import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { baseModules } from '../sandbox/modules.js';
import { ModuleRequest } from './module-request.entity.js';
import { syncAllowedModules } from './sync-allowed-modules.js';

/** What every installation allows at its first start beside the modules that every tool may import; it can be taken back. */
const usualModules = ['zoneinfo'];

const justification = 'Comes with Signalbox: it computes, and reaches nothing outside of a run';

/** Makes the approved requests for the modules that come with Signalbox which are missing; one that was taken back stays so. */
export async function seedModules({ em, actor, now }: WriteContext): Promise<void> {
  const there = await em.find(ModuleRequest, { tool: null, server: null });
  const missing = [...baseModules, ...usualModules].filter((name) => !there.some(({ moduleName }) => moduleName === name));
  const seeded = {
    justification,
    requestedByName: actor.name,
    status: 'APPROVED',
    reviewedAt: now,
    reviewedByName: actor.name,
  } satisfies Partial<ModuleRequest>;
  for (const moduleName of missing)
    em.persist(Object.assign(new ModuleRequest(), seeded, { id: newId(declarationOf(ModuleRequest).type), moduleName }));
  await syncAllowedModules(em);
}
