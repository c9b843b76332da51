import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyRing } from './key-ring.js';

/** Where the keys come from: the given ones (32 bytes in base64 each), or those in the data folder. */
export interface KeySource {
  current: string | undefined;
  retired: readonly string[];
  dataDir: string;
}

const bytesOf = (key: string): Buffer => Buffer.from(key, 'base64');

/** The keys that encrypt stored secrets: the given ones, or without a current one those of a file that is made once in the data folder. */
export function openKeyRing({ current, retired, dataDir }: KeySource): KeyRing {
  const [first, ...others] = current === undefined ? keysOfFile(dataDir) : [bytesOf(current)];
  return new KeyRing(first!, [...others, ...retired.map(bytesOf)]);
}

/** The first line is the current key, further lines are retired ones. */
function keysOfFile(dataDir: string): Buffer[] {
  const file = join(dataDir, 'encryption.key');
  if (!existsSync(file)) {
    mkdirSync(dataDir, { recursive: true });
    const fresh = `${file}.${process.pid}`;
    writeFileSync(fresh, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
    renameSync(fresh, file);
  }
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim());
  const keys = lines.filter(Boolean).map(bytesOf);
  if (keys.length === 0 || keys.some(({ length }) => length !== 32))
    throw new Error(`${file} must hold one key a line, each of 32 bytes in base64, the current one first`);
  return keys;
}
