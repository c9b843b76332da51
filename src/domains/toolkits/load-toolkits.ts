import { existsSync } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '#core/log/logger.js';
import { defaultQueue, type Operations } from '#core/jobs/operations.js';
import { toolkitManifest, type ToolkitManifest } from './manifest.js';

/** Reads the toolkits below a folder and registers their operations; a bad one is logged and left out. Returns the slugs. */
export async function loadToolkits(storageDir: string, operations: Operations, log: Logger): Promise<string[]> {
  const loaded: string[] = [];
  const entries = existsSync(storageDir) ? await readdir(storageDir, { withFileTypes: true }) : [];
  for (const entry of entries.filter((each) => each.isDirectory() && !each.name.startsWith('.'))) {
    const folder = join(await realpath(storageDir), entry.name);
    try {
      const manifest = await readManifest(folder, entry.name);
      register(manifest, folder, operations);
      loaded.push(manifest.slug);
    } catch (error) {
      log.warn({ toolkit: entry.name, reason: (error as Error).message }, 'a toolkit was left out');
    }
  }
  return loaded.sort();
}

async function readManifest(folder: string, name: string): Promise<ToolkitManifest> {
  const parsed = toolkitManifest.safeParse(JSON.parse(await readFile(join(folder, 'toolkit.json'), 'utf8')));
  if (!parsed.success)
    throw new Error(`toolkit.json: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`);
  if (parsed.data.slug !== name) throw new Error(`toolkit.json says slug ${parsed.data.slug}, but the folder is ${name}`);
  if (!existsSync(join(folder, parsed.data.workerModule))) throw new Error(`${parsed.data.workerModule} is missing`);
  return parsed.data;
}

function register(
  { slug, workerModule, workerRegisterAttr, operations: offered }: ToolkitManifest,
  folder: string,
  operations: Operations,
): void {
  for (const [operation, { queue = defaultQueue, concurrency = null, ...rest }] of Object.entries(offered)) {
    operations.add({
      ...rest,
      name: `${slug}.${operation}`,
      queue,
      concurrency,
      module: { folder, file: workerModule, register: workerRegisterAttr, operation },
    });
  }
}
