import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import type { WriteContext } from '#core/feed/write.js';
import { CodeFollowers } from '#core/jobs/code-followers.js';
import { applyManifest, codeOf } from './apply-manifest.js';
import { checkToolkit } from './check-toolkit.js';
import { slugForm } from './manifest.js';
import { readManifest } from './read-manifest.js';
import { refuseRemoved } from './refuse-removed.js';
import { bundleMark, ToolkitStorage } from './toolkit-storage.js';
import { lockToolkits } from './toolkit-stream.js';
import { Toolkit } from './toolkit.entity.js';

/** Reads the folder of a toolkit as it is now, and takes it up or brings it up to date when it is in order. */
export async function registerToolkit(context: WriteContext, slug: string): Promise<Toolkit> {
  const { em, services, record } = context;
  const storage = services.get(ToolkitStorage);
  if (!slugForm.test(slug)) throw badInput('A slug consists of lower-case letters, digits and single hyphens', 'input.slug');
  await lockToolkits(context);
  await refuseRemoved(context, slug);
  if (!(await storage.has(slug))) throw badInput(`There is no folder ${slug} below TOOLKIT_STORAGE_DIR`, 'input.slug');
  const folder = storage.folderOf(slug);
  const manifest = await readManifest(folder, slug).catch((error: Error) => {
    throw badInput(`The toolkit ${slug} is not in order: ${error.message}`, 'input.slug');
  });
  // Before its module is loaded: what is changed meanwhile is another code.
  const codeDigest = await storage.codeOf(slug);
  if (codeDigest === null) throw badInput(`The files of the toolkit ${slug} cannot be read`, 'input.slug');
  const known = await em.findOne(Toolkit, { slug });
  const bundleId = await storage.bundleIn(slug);
  if (bundleId !== null && known?.bundleId !== bundleId)
    throw new AppError(
      'PRECONDITION_FAILED',
      `The folder ${slug} holds a bundle that is not installed here: upload one, or remove its file ${bundleMark}`,
    );
  await checkToolkit(folder, manifest).catch((error: Error) => {
    throw new AppError('PRECONDITION_FAILED', `The toolkit ${slug} is not in order: ${error.message}`);
  });
  const toolkit = known ?? Object.assign(new Toolkit(), { id: newId(declarationOf(Toolkit).type) });
  await applyManifest(context, toolkit, { manifest, bundleId, codeDigest });
  await services.get(CodeFollowers).found(context, [codeOf(toolkit)]);
  em.persist(toolkit);
  record('toolkits.toolkit.registered', toolkit);
  return toolkit;
}
