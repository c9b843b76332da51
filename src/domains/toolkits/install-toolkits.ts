import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { defaultQueue, Operations } from '#core/jobs/operations.js';
import type { ToolkitManifest } from './manifest.js';
import { readToolkits } from './read-toolkits.js';
import { Toolkit } from './toolkit.entity.js';

/** Where toolkits lie, and what the log of a job may hold when its operation does not say. */
export interface ToolkitSettings {
  storageDir: string;
  logBytes: number;
}

/**
 * Reads the toolkits below a folder, registers the operations of those that are enabled, and brings the rows up to what was found; a
 * bad toolkit is logged and left out. Returns the slugs whose operations can be used.
 */
export async function installToolkits({ em, log, services }: WriteContext, { storageDir, logBytes }: ToolkitSettings): Promise<string[]> {
  const known = new Map((await em.find(Toolkit, {})).map((toolkit) => [toolkit.slug, toolkit]));
  for (const toolkit of known.values()) toolkit.isLoaded = false;
  const usable: string[] = [];
  for (const { name, folder, ...found } of await readToolkits(storageDir)) {
    const toolkit = known.get(name) ?? Object.assign(new Toolkit(), { id: newId(declarationOf(Toolkit).type), isLoaded: false });
    try {
      if ('problem' in found) throw new Error(found.problem);
      if (toolkit.isEnabled) register(found.manifest, { folder, toolkitId: toolkit.id, logBytes }, services.get(Operations));
      const { slug, name: title, version, description, category, tags, workerModule, workerRegisterAttr } = found.manifest;
      Object.assign(toolkit, { slug, name: title, version, description, category, workerModule, workerRegisterAttr, isLoaded: true });
      if (tags.join('\0') !== toolkit.tags.join('\0')) toolkit.tags = tags;
      em.persist(toolkit);
      if (toolkit.isEnabled) usable.push(slug);
    } catch (error) {
      log.warn({ toolkit: name, reason: (error as Error).message }, 'a toolkit was left out');
    }
  }
  return usable;
}

function register(
  { slug, workerModule, workerRegisterAttr, operations: offered }: ToolkitManifest,
  { folder, toolkitId, logBytes }: { folder: string; toolkitId: string; logBytes: number },
  operations: Operations,
): void {
  operations.add(
    ...Object.entries(offered).map(([operation, { queue = defaultQueue, concurrency = null, ...rest }]) => ({
      ...rest,
      logBytes: rest.logBytes ?? logBytes,
      name: `${slug}.${operation}`,
      toolkitId,
      queue,
      concurrency,
      module: { folder, file: workerModule, register: workerRegisterAttr, operation },
    })),
  );
}
