import type { EntityManager } from '@mikro-orm/postgresql';
import { isUuid } from '#core/database/id.js';
import { badInput } from '#core/errors/bad-input.js';
import type { Services } from '#core/feed/services.js';
import type { WriteContext } from '#core/feed/write.js';
import { can } from '#core/policy/actor.js';
import { FileStore, type ReadableFile } from './file-store.js';
import { Upload } from './upload.entity.js';

/** The file that a reference names: the id of an upload, or a path below one of the roots; null when there is none. */
export async function resolveFile(em: EntityManager, services: Services, reference: string): Promise<ReadableFile | null> {
  const store = services.get(FileStore);
  if (!isUuid(reference)) return store.below(reference);
  const upload = await em.findOne(Upload, { id: reference });
  return upload && { path: store.pathOf(upload.id), name: upload.name, sizeBytes: upload.sizeBytes };
}

/** Checks that the actor may let an operation read these files; `path` leads to each reference in the input. */
export async function checkFiles(
  { em, services, actor }: WriteContext,
  references: readonly { reference: string; path: string }[],
): Promise<void> {
  for (const { reference, path } of references) {
    const upload = isUuid(reference) ? await em.findOne(Upload, { id: reference }) : null;
    const mayRead = can(actor, 'file:read') || (upload !== null && actor.id !== null && upload.uploadedBy?.id === actor.id);
    if (!mayRead || !(await resolveFile(em, services, reference)))
      throw badInput(`${reference} is neither an upload of yours nor a file below one of the FILE_ROOTS that you may read`, path);
  }
}
