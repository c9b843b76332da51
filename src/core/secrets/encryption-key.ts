import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The key that encrypts stored secrets: the given one (32 bytes in base64), or one that is made once in the data folder. */
export function encryptionKey(given: string | undefined, dataDir: string): Buffer {
  if (given) return Buffer.from(given, 'base64');
  const file = join(dataDir, 'encryption.key');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    const fresh = `${file}.${process.pid}`;
    writeFileSync(fresh, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    renameSync(fresh, file);
  }
  return Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
}
