import { randomUUID } from 'node:crypto';
import { declarationOf } from '#core/database/declare/registry.js';
import { isUuid, newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import { diskFull, isDiskFull } from '#core/errors/disk-full.js';
import type { WriteContext } from '#core/feed/write.js';
import { CodeFollowers } from '#core/jobs/code-followers.js';
import { Settings } from '#core/settings/settings.js';
import { checkFiles, resolveFile } from '#domains/files/index.js';
import { applyManifest, codeOf } from '../apply-manifest.js';
import { checkToolkit } from '../check-toolkit.js';
import type { ToolkitManifest } from '../manifest.js';
import { readManifest } from '../read-manifest.js';
import { refuseRemoved } from '../refuse-removed.js';
import { ToolkitStorage } from '../toolkit-storage.js';
import { lockToolkits } from '../toolkit-stream.js';
import { Toolkit } from '../toolkit.entity.js';
import { bundleUpload } from '../toolkit.settings.js';
import { BundleNotes } from './bundle-notes.js';
import { bundleLimits } from './bundle-limits.js';
import { openBundle } from './open-bundle.js';
import type { BundlePlaces } from './tidy-bundles.js';
import { unpackBundle } from './unpack-bundle.js';

const fileAt = 'input.file';

/** Which upload is a bundle, and perhaps of which toolkit. */
export interface BundleRequest {
  file: string;
  slug?: string | null;
}

/** Installs a toolkit out of an uploaded bundle, or replaces one that came so, when all of it is in order. */
export async function uploadToolkitBundle(context: WriteContext, { file, slug = null }: BundleRequest): Promise<Toolkit> {
  const { services, actor, log } = context;
  if (!actor.isSuperuser)
    throw new AppError('FORBIDDEN', 'Only a superuser may upload toolkits: their code runs on the machines of the workers');
  if (!services.get(Settings).value(bundleUpload))
    throw new AppError('PRECONDITION_FAILED', `Bundles are not taken: the feature flag ${bundleUpload.key} is off`);
  await lockToolkits(context);
  const path = await pathOf(context, file);
  const bundleId = randomUUID();
  const storage = services.get(ToolkitStorage);
  const notes = services.get(BundleNotes);
  await notes.add(bundleId).catch((error: Error) => {
    throw isDiskFull(error) ? diskFull() : error;
  });
  try {
    const manifest = await unpack(storage, { path, bundleId, slug });
    await refuseRemoved(context, manifest.slug);
    await checkToolkit(storage.asideOf(bundleId), manifest).catch(asBadInput);
    return await install(context, { storage, notes, log }, manifest, bundleId);
  } catch (error) {
    await storage.removeAside(bundleId);
    await notes.remove(bundleId);
    throw error;
  }
}

async function pathOf(context: WriteContext, file: string): Promise<string> {
  if (!isUuid(file)) throw badInput('A bundle is named by the id of an upload', fileAt);
  await checkFiles(context, [{ reference: file, path: fileAt }]);
  const found = await resolveFile(context.em, context.services, file);
  if (!found) throw badInput(`The upload ${file} is not there any more`, fileAt);
  if (found.sizeBytes > bundleLimits.bytes) throw badInput(`A bundle may have at most ${bundleLimits.bytes} bytes`, fileAt);
  return found.path;
}

function asBadInput(error: Error): never {
  throw badInput(`The bundle is not in order: ${error.message}`, fileAt);
}

async function unpack(
  storage: ToolkitStorage,
  { path, bundleId, slug }: { path: string; bundleId: string; slug: string | null },
): Promise<ToolkitManifest> {
  const bundle = await openBundle(path).catch(asBadInput);
  const folder = storage.asideOf(bundleId);
  try {
    await unpackBundle(bundle, folder, bundleId).catch(explain);
    const manifest = await readManifest(folder, bundle.top).catch(asBadInput);
    if (slug !== null && manifest.slug !== slug)
      throw badInput(`The bundle is of the toolkit ${manifest.slug}, not of ${slug}`, 'input.slug');
    return manifest;
  } finally {
    bundle.zip.close();
  }
}

// What the system refuses is no fault of the bundle.
function explain(error: NodeJS.ErrnoException): never {
  if (isDiskFull(error)) throw diskFull();
  if (error.syscall === undefined) return asBadInput(error);
  throw new AppError(
    'PRECONDITION_FAILED',
    `Nothing can be stored below TOOLKIT_STORAGE_DIR (${error.code}): it has to exist and to be writable`,
  );
}

async function install(context: WriteContext, places: BundlePlaces, manifest: ToolkitManifest, bundleId: string): Promise<Toolkit> {
  const { em, record } = context;
  const { storage, notes } = places;
  const { slug } = manifest;
  const known = await em.findOne(Toolkit, { slug });
  const before = await storage.bundleIn(slug);
  if (known?.origin === 'FOLDER' || ((await storage.has(slug)) && before === null))
    throw new AppError(
      'CONFLICT',
      `The toolkit ${slug} is a folder that an operator put below TOOLKIT_STORAGE_DIR: a bundle does not replace it`,
    );
  // Only what was brought from here: another one belongs to somebody else, or to a later state of the database.
  const isOurs = before !== null && (known?.bundleId === before || (await notes.all()).has(before));
  const toolkit = known ?? Object.assign(new Toolkit(), { id: newId(declarationOf(Toolkit).type) });
  await applyManifest(context, toolkit, { manifest, bundleId, codeDigest: await storage.codeAside(bundleId) });
  await context.services.get(CodeFollowers).found(context, [codeOf(toolkit)]);
  em.persist(toolkit);
  record('toolkits.toolkit.uploaded', toolkit);
  // Whatever the database has against it, before anything is moved.
  await em.flush();
  await moveInPlace(context, places, { slug, bundleId, before, isOurs });
  return toolkit;
}

interface Move {
  slug: string;
  bundleId: string;
  before: string | null;
  /** Whether the one before goes when the new one is there. */
  isOurs: boolean;
}

async function moveInPlace({ afterCommit, afterRollback }: WriteContext, { storage, notes, log }: BundlePlaces, move: Move): Promise<void> {
  const { slug, bundleId, before, isOurs } = move;
  const tell = (err: unknown): void =>
    log.warn({ err, toolkit: slug }, 'the folder of a bundle could not be tidied up; the next start does it');
  const finish = async (): Promise<void> => {
    // Before anything that takes long: who uninstalls the new one notes it again.
    await notes.remove(bundleId);
    if (before !== null && isOurs) await storage.removeAside(before);
    if (before !== null && !isOurs) log.warn({ folder: storage.asideOf(before) }, 'a bundle that was not installed here was moved aside');
    if (before !== null) await notes.remove(before);
  };
  afterCommit(() => void finish().catch(tell));
  // The notes stay, and with them the bundle itself: if the commit was done all the same, the next start puts it in place.
  afterRollback(() => void storage.takeBack(slug, bundleId, before).catch(tell));
  if (before !== null && isOurs) await notes.add(before);
  await storage.putInPlace(slug, bundleId);
}
