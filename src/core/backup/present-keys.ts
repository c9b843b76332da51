import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyId } from '#core/secrets/key-id.js';
import { keyName } from './manifest.js';

/** Where an installation has its keys: given ones, or a file in its data folder. */
export interface KeyPlaces {
  current: string | undefined;
  retired: readonly string[];
  dataDir: string;
}

/** The ids of the keys that an installation has, the current one first, and whether they come from its file; null without a current one. */
export function presentKeys({ current, retired, dataDir }: KeyPlaces): { ids: string[]; isFile: boolean } | null {
  const file = join(dataDir, keyName);
  const isFile = current === undefined;
  if (isFile && !existsSync(file)) return null;
  const first = isFile ? readFileSync(file, 'utf8').split('\n') : [current];
  const keys = [...first, ...retired].map((key) => key.trim()).filter(Boolean);
  return { ids: keys.map((key) => keyId(Buffer.from(key, 'base64'))), isFile };
}
