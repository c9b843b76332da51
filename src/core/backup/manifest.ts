import { z } from 'zod';

/** The version of the format that this program writes; it reads no newer one. */
export const formatVersion = 1;

/** The names of the first and the last files in the archive. */
export const headName = 'signalbox-backup.json';
export const manifestName = 'manifest.json';

/** The file of the encryption key, in the archive and in the data folder. */
export const keyName = 'encryption.key';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().min(1).max(63);

/** What the first file of the archive says: enough to know whether the rest can be read. */
export const backupHead = z.object({ format: z.int().min(1), version: z.string(), createdAt: z.iso.datetime() });

/** What the last file of the archive says: all that must be in it. */
export const backupManifest = backupHead.extend({
  database: z.object({ name: z.string(), server: z.string(), isEmbedded: z.boolean() }),
  migrations: z.array(z.string()).min(1),
  /** The ids of the keys that were there, the current one first, and whether their file is in the archive, which has just these then. */
  keys: z.object({ ids: z.array(z.string()).min(1), isIncluded: z.boolean() }).nullable(),
  /** The ids of the keys that what is sealed needs, and whether a server needs them to start; backups of old do not say. */
  neededKeys: z.array(z.object({ id: z.string(), isRequired: z.boolean() })).optional(),
  tables: z.array(z.object({ name, columns: z.array(name), rows: z.int().min(0), bytes: z.int().min(0), sha256 })),
  sequences: z.array(z.object({ name, value: z.string().regex(/^-?\d+$/), isCalled: z.boolean() })),
  files: z.array(z.object({ path: z.string().regex(/^(?:[\w-][\w.-]*\/)*[\w-][\w.-]*$/), bytes: z.int().min(0), sha256 })),
  /** Files that rows name but that were not there, such as those that were being deleted. */
  missing: z.array(z.string()),
});

/** The manifest of a backup. */
export type BackupManifest = z.infer<typeof backupManifest>;
export type BackedUpTable = BackupManifest['tables'][number];
export type BackedUpFile = BackupManifest['files'][number];
