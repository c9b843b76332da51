import type { Logger } from '#core/log/logger.js';
import type { Toolkit } from '../toolkit.entity.js';
import type { ToolkitStorage } from '../toolkit-storage.js';
import type { BundleNotes } from './bundle-notes.js';

/** What there is of bundles: their folders, and the notes of this installation. */
export interface BundlePlaces {
  storage: ToolkitStorage;
  notes: BundleNotes;
  log: Logger;
}

/**
 * Makes the folders of bundles fit the rows after a crash: puts back what an upload that broke off had moved away, and removes what
 * this installation has noted and no row has. What it has not noted stays: the rows may be older than the folders, or the folders
 * those of another installation too. The caller holds the lock of the toolkits.
 */
export async function tidyBundles({ storage, notes, log }: BundlePlaces, toolkits: readonly Toolkit[]): Promise<void> {
  try {
    const noted = await notes.all();
    const installed = toolkits.flatMap(({ slug, bundleId }) => (bundleId === null ? [] : [{ slug, bundleId }]));
    for (const { slug, bundleId } of installed) {
      const inPlace = await storage.bundleIn(slug);
      const mayMove = inPlace === null ? !(await storage.has(slug)) : inPlace !== bundleId && noted.has(inPlace);
      if (mayMove && (await storage.isAside(bundleId))) await storage.putInPlace(slug, bundleId);
    }
    const leftOver = new Set(noted);
    for (const { bundleId } of installed) leftOver.delete(bundleId);
    for (const slug of await storage.names()) {
      const bundleId = await storage.bundleIn(slug);
      if (bundleId === null || !leftOver.has(bundleId)) continue;
      log.warn({ toolkit: slug }, 'the folder of a bundle that is not installed was removed');
      await storage.setAside(slug);
    }
    for (const bundleId of leftOver) await storage.removeAside(bundleId);
    await notes.remove(...noted);
    const unknown = await storage.asides();
    if (unknown.length > 0)
      log.warn(
        { folders: unknown.map((id) => storage.asideOf(id)) },
        'bundles that are not in place and that nobody here has noted were left alone',
      );
  } catch (err) {
    log.warn({ err }, 'the folders of bundles could not be tidied up');
  }
}
