import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSchemas } from '#core/jobs/operations.js';
import { toolkitManifest, type ToolkitManifest } from './manifest.js';
import { toolkitOperations } from './toolkit-operations.js';

const fileName = 'toolkit.json';

/**
 * Reads the manifest in a folder, which has to be that of the toolkit `slug`, or of any when that is null; throws what is wrong, without
 * a path of this machine.
 */
export async function readManifest(folder: string, slug: string | null): Promise<ToolkitManifest> {
  const parsed = toolkitManifest.safeParse(await readJson(join(folder, fileName)));
  if (!parsed.success)
    throw new Error(
      `${fileName}: ${parsed.error.issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(' ')).join('; ')}`,
    );
  const manifest = parsed.data;
  if (slug !== null && manifest.slug !== slug) throw new Error(`${fileName} says slug ${manifest.slug}, but the folder is ${slug}`);
  const { workerModule, frontendEntry, dashboardContextModule } = manifest;
  for (const file of [workerModule, frontendEntry, dashboardContextModule])
    if (file !== null && !existsSync(join(folder, file))) throw new Error(`${file} is missing`);
  checkSchemas(toolkitOperations(manifest, { folder, toolkitId: '', code: null, logBytes: 0 }));
  return manifest;
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${fileName} ${error.code === 'ENOENT' ? 'is missing' : `cannot be read (${error.code})`}`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${fileName} is not JSON: ${(error as Error).message}`, { cause: error });
  }
}
