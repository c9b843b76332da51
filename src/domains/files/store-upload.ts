import type { Readable } from 'node:stream';
import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { Origin } from '#core/feed/origin.js';
import { write, type WriteSystem } from '#core/feed/write.js';
import { User } from '#domains/identity/users/user.entity.js';
import { FileStore } from './file-store.js';
import { Upload } from './upload.entity.js';

/** Stores a sent file: first its content, then, in one transaction, its row and the record of it. */
export async function storeUpload(system: WriteSystem, origin: Origin, name: string, content: Readable): Promise<Upload> {
  const store = system.services.get(FileStore);
  const upload = new Upload();
  upload.id = newId(declarationOf(Upload).type);
  upload.name = name;
  Object.assign(upload, await store.store(upload.id, content));
  try {
    await write(system, origin, async ({ em, record, actor }) => {
      upload.uploadedBy = ref(em.getReference(User, actor.id!));
      upload.uploadedByName = actor.name;
      em.persist(upload);
      record('files.upload.stored', upload);
    });
  } catch (error) {
    await store.remove(upload.id);
    throw error;
  }
  return upload;
}
