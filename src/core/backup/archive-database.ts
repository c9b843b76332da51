import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { archiveFile, listFiles } from './archive-files.js';
import { archiveTable } from './archive-tables.js';
import { formatVersion, headName, keyName, manifestName, type BackupManifest } from './manifest.js';
import type { NeededKeys } from './needed-keys.js';
import { readSequences } from './sequences.js';
import type { Snapshot } from './snapshot.js';
import type { StoredFiles } from './stored-files.js';
import { tarEnd, tarEntry } from './write-tar.js';

/** What to put into an archive. */
export interface ArchiveContent {
  version: string;
  dataDir: string;
  isEmbedded: boolean;
  storedFiles: readonly StoredFiles[];
  keys: BackupManifest['keys'];
  neededKeys: NeededKeys;
}

/** The bytes of an archive of everything that a snapshot has; returns the manifest, which stands at its end. */
export async function* archiveDatabase(
  client: Client,
  snapshot: Snapshot,
  content: ArchiveContent,
): AsyncGenerator<Buffer, BackupManifest> {
  const head = { format: formatVersion, version: content.version, createdAt: new Date().toISOString() };
  const manifest: BackupManifest = {
    ...head,
    database: { ...snapshot.database, isEmbedded: content.isEmbedded },
    migrations: snapshot.migrations,
    keys: content.keys,
    neededKeys: content.neededKeys,
    tables: [],
    sequences: await readSequences(client),
    files: [],
    missing: [],
  };
  yield* jsonEntry(headName, head);
  if (content.keys?.isIncluded) {
    const text = await readFile(join(content.dataDir, keyName));
    yield* tarEntry(keyName, text.length, [text]);
    manifest.files.push({ path: keyName, bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') });
  }
  for (const table of snapshot.tables) manifest.tables.push(yield* archiveTable(client, table));
  for await (const path of listFiles(client, content.storedFiles)) {
    const file = yield* archiveFile(content.dataDir, path);
    if (file) manifest.files.push(file);
    else manifest.missing.push(path);
  }
  yield* jsonEntry(manifestName, manifest);
  yield tarEnd;
  return manifest;
}

async function* jsonEntry(name: string, value: object): AsyncGenerator<Buffer> {
  const text = Buffer.from(`${JSON.stringify(value, null, 1)}\n`);
  yield* tarEntry(name, text.length, [text]);
}
