import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { tableOfPart } from './archive-tables.js';
import { BackupError, damaged } from './backup-error.js';
import { backupHead, backupManifest, formatVersion, headName, manifestName, type BackupManifest } from './manifest.js';
import { readBackup } from './read-backup.js';
import type { TarEntry } from './read-tar.js';

const newLine = 0x0a;
const mostHeadBytes = 64 * 1024;

interface Found {
  rows: number;
  bytes: number;
  sha256: string;
}

/** Reads all of a backup and compares it with its manifest, which it returns; throws when anything is missing, changed or unknown. */
export async function verifyBackup(file: string): Promise<BackupManifest> {
  try {
    return await readAll(file);
  } catch (error) {
    if (error instanceof BackupError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'EACCES') throw new BackupError(`${file} cannot be read: ${message}`);
    if (code === 'Z_DATA_ERROR' && message === 'incorrect header check') throw damaged(file, 'it is no backup of Signalbox');
    if (code === 'Z_BUF_ERROR') throw damaged(file, 'it is cut');
    throw damaged(file, code?.startsWith('Z_') ? `it is damaged (${message})` : message);
  }
}

async function readAll(file: string): Promise<BackupManifest> {
  const tables = new Map<string, Sum>();
  const files = new Map<string, Sum>();
  let head: unknown = null;
  let manifest: BackupManifest | null = null;
  for await (const entry of readBackup(file)) {
    if (manifest) throw new Error('there is something behind its manifest');
    if (!head) head = await readHead(file, entry);
    else if (entry.name === manifestName) manifest = await readManifest(entry);
    else {
      const table = tableOfPart(entry.name);
      const [sums, name] = table === null ? [files, entry.name] : [tables, table];
      if (table === null && files.has(name)) throw new Error(`${name} is in it twice`);
      const sum = sums.get(name) ?? new Sum();
      sums.set(name, sum);
      for await (const chunk of entry.content) sum.add(chunk);
    }
  }
  if (!manifest) throw new Error('it has no manifest');
  compare(manifest, { head, tables, files });
  return manifest;
}

async function readHead(file: string, entry: TarEntry): Promise<unknown> {
  const head = backupHead.safeParse(entry.name === headName && entry.size <= mostHeadBytes ? await json(entry) : null);
  if (!head.success) throw damaged(file, 'it is no backup of Signalbox');
  const { format, version } = head.data;
  if (format > formatVersion) throw damaged(file, `Signalbox ${version} made it, in a format that this version does not know`);
  return head.data;
}

async function readManifest(entry: TarEntry): Promise<BackupManifest> {
  const manifest = backupManifest.safeParse(await json(entry));
  if (!manifest.success) throw new Error('its manifest is damaged');
  return manifest.data;
}

function compare(manifest: BackupManifest, found: { head: unknown; tables: Map<string, Sum>; files: Map<string, Sum> }): void {
  const { format, version, createdAt } = manifest;
  if (!isDeepStrictEqual({ format, version, createdAt }, found.head)) throw new Error('its head and its manifest differ');
  for (const { name, rows, bytes, sha256 } of manifest.tables) {
    const sum = (found.tables.get(name) ?? new Sum()).end();
    if (!isDeepStrictEqual(sum, { rows, bytes, sha256 })) throw new Error(`the table ${name} is damaged`);
  }
  for (const { path, bytes, sha256 } of manifest.files) {
    const sum = found.files.get(path)?.end();
    if (sum?.bytes !== bytes || sum.sha256 !== sha256) throw new Error(`the file ${path} is damaged`);
  }
  const isExtra =
    found.files.size !== manifest.files.length || [...found.tables.keys()].some((name) => !manifest.tables.some((t) => t.name === name));
  if (isExtra) throw new Error('it holds more than its manifest says');
}

async function json({ content }: TarEntry): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString());
}

class Sum {
  readonly #hash = createHash('sha256');
  #rows = 0;
  #bytes = 0;

  add(chunk: Buffer): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    for (let at = chunk.indexOf(newLine); at >= 0; at = chunk.indexOf(newLine, at + 1)) this.#rows++;
  }

  end(): Found {
    return { rows: this.#rows, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }
}
