import type { Logger } from '#core/log/logger.js';
import type { Toolkit } from '../toolkit.entity.js';
import type { ToolkitStorage } from '../toolkit-storage.js';

/**
 * Makes the folders of bundles fit the rows: puts back what an upload that broke off had moved away, and removes what belongs to no
 * row. The caller holds the lock of the toolkits.
 */
export async function tidyBundles(storage: ToolkitStorage, toolkits: Iterable<Toolkit>, log: Logger): Promise<void> {
  try {
    const bundles = new Map<string, string>();
    for (const { slug, bundleId } of toolkits) {
      if (bundleId === null) continue;
      bundles.set(slug, bundleId);
      if ((await storage.bundleIn(slug)) !== bundleId && (await storage.isAside(bundleId))) await storage.putInPlace(slug, bundleId);
    }
    for (const slug of await storage.names()) {
      const bundleId = await storage.bundleIn(slug);
      if (bundleId === null || bundles.get(slug) === bundleId) continue;
      log.warn({ toolkit: slug }, 'the folder of a bundle that is not installed was removed');
      await storage.setAside(slug);
    }
    for (const bundleId of await storage.asides()) await storage.removeAside(bundleId);
  } catch (err) {
    log.warn({ err }, 'the folders of bundles could not be tidied up');
  }
}
