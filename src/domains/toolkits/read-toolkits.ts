import type { ToolkitManifest } from './manifest.js';
import { readManifest } from './read-manifest.js';
import type { ToolkitStorage } from './toolkit-storage.js';

/** A toolkit folder that is in order, or why it is not. */
export type ToolkitFolder = { name: string; bundleId: string | null } & (
  { manifest: ToolkitManifest; codeDigest: string } | { problem: string }
);

/** Reads the manifests of the toolkits below a folder, in alphabetical order. */
export async function readToolkits(storage: ToolkitStorage): Promise<ToolkitFolder[]> {
  return Promise.all(
    (await storage.names()).map(async (name) => {
      const bundleId = await storage.bundleIn(name);
      try {
        const manifest = await readManifest(storage.folderOf(name), name);
        const codeDigest = await storage.codeOf(name);
        if (codeDigest === null) throw new Error('its files cannot be read');
        return { name, bundleId, manifest, codeDigest };
      } catch (error) {
        return { name, bundleId, problem: (error as Error).message };
      }
    }),
  );
}
