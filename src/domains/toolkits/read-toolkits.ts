import { existsSync } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { toolkitManifest, type ToolkitManifest } from './manifest.js';

/** A toolkit folder that is in order, or why it is not. */
export type ToolkitFolder = { name: string; folder: string } & ({ manifest: ToolkitManifest } | { problem: string });

/** Reads the manifests of the toolkits below a folder, in alphabetical order. */
export async function readToolkits(storageDir: string): Promise<ToolkitFolder[]> {
  const entries = existsSync(storageDir) ? await readdir(storageDir, { withFileTypes: true }) : [];
  const folders = entries.filter((each) => each.isDirectory() && !each.name.startsWith('.')).map(({ name }) => name);
  return Promise.all(
    folders.sort().map(async (name) => {
      const folder = join(await realpath(storageDir), name);
      try {
        return { name, folder, manifest: await readManifest(folder, name) };
      } catch (error) {
        return { name, folder, problem: (error as Error).message };
      }
    }),
  );
}

async function readManifest(folder: string, name: string): Promise<ToolkitManifest> {
  const parsed = toolkitManifest.safeParse(JSON.parse(await readFile(join(folder, 'toolkit.json'), 'utf8')));
  if (!parsed.success)
    throw new Error(`toolkit.json: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}`);
  if (parsed.data.slug !== name) throw new Error(`toolkit.json says slug ${parsed.data.slug}, but the folder is ${name}`);
  if (!existsSync(join(folder, parsed.data.workerModule))) throw new Error(`${parsed.data.workerModule} is missing`);
  return parsed.data;
}
