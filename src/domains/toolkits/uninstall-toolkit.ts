import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { User } from '#domains/identity/users/user.entity.js';
import { cancelFound, lockJob, unfinishedJobs } from '#domains/jobs/index.js';
import { BundleNotes } from './bundle/bundle-notes.js';
import { findToolkit, type ToolkitChoice } from './find-toolkit.js';
import { ToolkitStorage } from './toolkit-storage.js';
import { ToolkitRemoval } from './toolkit-removal.entity.js';

/** Which toolkit to uninstall, and how. */
export interface UninstallRequest extends ToolkitChoice {
  /** Whether jobs that have not ended are stopped; otherwise they keep the toolkit. */
  cancelJobs?: boolean;
  reason?: string | null;
}

/** Uninstalls a toolkit: its row goes, its jobs stay, and a removal keeps its slug from coming back by itself. */
export async function uninstallToolkit(context: WriteContext, request: UninstallRequest): Promise<ToolkitRemoval> {
  const { em, actor, now, record } = context;
  const { cancelJobs = false, reason = null } = request;
  const toolkit = await findToolkit(context, request);
  const jobs = await unfinishedJobs(context, toolkit.id);
  if (jobs.length > 0 && !cancelJobs) throw notEnded(toolkit.slug, jobs);
  // The ORM must not touch them again when the toolkit goes: they have moved on behind its back.
  for (const { id } of jobs) em.getUnitOfWork().unsetIdentity(await cancelFound(context, (await lockJob(em, id))!));
  const { slug, name, version, origin, bundleId } = toolkit;
  const removal = Object.assign(new ToolkitRemoval(), {
    id: newId(declarationOf(ToolkitRemoval).type),
    slug,
    name,
    version,
    origin,
    reason,
    removedAt: now,
    removedBy: actor.id === null ? null : ref(em.getReference(User, actor.id)),
    removedByName: actor.name,
  } satisfies Partial<ToolkitRemoval>);
  em.persist(removal);
  em.remove(toolkit);
  record('toolkits.toolkit.uninstalled', toolkit);
  record('toolkits.toolkitRemoval.created', removal);
  if (bundleId !== null) await removeBundle(context, slug, bundleId);
  return removal;
}

function notEnded(slug: string, jobs: readonly { isSeen: boolean }[]): AppError {
  const seen = jobs.filter(({ isSeen }) => isSeen).length;
  const which =
    seen === jobs.length ? `${seen} jobs of ${slug} have not ended` : `Jobs of ${slug} have not ended, also some that you may not see`;
  return new AppError('PRECONDITION_FAILED', `${which}: wait for them, or set cancelJobs`, { unfinishedJobs: seen });
}

async function removeBundle({ services, log, afterCommit }: WriteContext, slug: string, bundleId: string): Promise<void> {
  const storage = services.get(ToolkitStorage);
  const notes = services.get(BundleNotes);
  const tell = (err: unknown): void =>
    log.warn({ err, toolkit: slug }, 'the folder of a bundle could not be removed; the next start does it');
  const remove = async (): Promise<void> => {
    if ((await storage.bundleIn(slug)) === bundleId) {
      await storage.setAside(slug);
      await storage.removeAside(bundleId);
    }
    await notes.remove(bundleId);
  };
  // The note stays when the transaction fails, because its commit may have been done all the same; a start drops it otherwise.
  afterCommit(() => void remove().catch(tell));
  await notes.add(bundleId);
}
