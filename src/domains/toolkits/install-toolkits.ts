import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { AppError } from '#core/errors/app-error.js';
import { CodeFollowers } from '#core/jobs/code-followers.js';
import { applyManifest, codeOf } from './apply-manifest.js';
import { BundleNotes } from './bundle/bundle-notes.js';
import { tidyBundles } from './bundle/tidy-bundles.js';
import { readToolkits } from './read-toolkits.js';
import { ToolkitRemoval } from './toolkit-removal.entity.js';
import { ToolkitStorage } from './toolkit-storage.js';
import { lockToolkits } from './toolkit-stream.js';
import { Toolkit } from './toolkit.entity.js';

/**
 * Reads the toolkits below the storage folder and brings the rows up to what was found. A bad toolkit is logged and left out, and so is
 * one that was uninstalled. Returns the slugs of those whose jobs can be started.
 */
export async function installToolkits(context: WriteContext): Promise<string[]> {
  const { em, log, services } = context;
  const storage = services.get(ToolkitStorage);
  if (!storage.exists) log.warn({ folder: storage.dir }, 'TOOLKIT_STORAGE_DIR is no folder that exists: there are no toolkits');
  await lockToolkits(context);
  const removed = new Set((await em.find(ToolkitRemoval, {})).map(({ slug }) => slug));
  const known = new Map((await em.find(Toolkit, {})).map((toolkit) => [toolkit.slug, toolkit]));
  await tidyBundles({ storage, notes: services.get(BundleNotes), log }, [...known.values()]);
  const loaded = new Map<string, Toolkit>();
  const leaveOut = (toolkit: string, reason: string): void => log.warn({ toolkit, reason }, 'a toolkit was left out');
  for (const { name, bundleId, ...found } of await readToolkits(storage)) {
    if (removed.has(name)) leaveOut(name, 'it was uninstalled; clearToolkitRemoval allows it again');
    else if (bundleId !== null && known.get(name)?.bundleId !== bundleId)
      leaveOut(name, 'its folder holds a bundle that is not installed here');
    else if ('problem' in found) leaveOut(name, found.problem);
    else {
      const toolkit = known.get(name) ?? Object.assign(new Toolkit(), { id: newId(declarationOf(Toolkit).type), isLoaded: false });
      const problem = await applyManifest(context, toolkit, { ...found, bundleId }).then(() => null, problemOf);
      if (problem === null) loaded.set(name, toolkit);
      else leaveOut(name, problem);
    }
  }
  await services.get(CodeFollowers).found(context, [...loaded.values()].map(codeOf));
  em.persist([...loaded.values()]);
  for (const [slug, toolkit] of known) if (!loaded.has(slug)) toolkit.isLoaded = false;
  return [...loaded.values()].filter(({ isEnabled }) => isEnabled).map(({ slug }) => slug);
}

function problemOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  throw error;
}
