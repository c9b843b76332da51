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

/** The ids of the keys that an installation has, the current one first. */
export interface PresentKeys {
  ids: string[];
  /** Those of its file; null when the current one is given. */
  ofFile: string[] | null;
}

/** The ids of keys in base64. */
export const keyIds = (keys: readonly string[]): string[] =>
  keys
    .map((key) => key.trim())
    .filter(Boolean)
    .map((key) => keyId(Buffer.from(key, 'base64')));

/** The keys that an installation has; null without a current one. */
export function presentKeys({ current, retired, dataDir }: KeyPlaces): PresentKeys | null {
  if (current !== undefined) return { ids: keyIds([current, ...retired]), ofFile: null };
  const file = join(dataDir, keyName);
  if (!existsSync(file)) return null;
  const ofFile = keyIds(readFileSync(file, 'utf8').split('\n'));
  return { ids: [...ofFile, ...keyIds(retired)], ofFile };
}

/** Says which keys an installation has, and where. */
export function tellOfKeys({ ids, ofFile }: PresentKeys, dataDir: string): string {
  return ofFile ? `${dataDir} has ${ids.join(' and ')}` : `ENCRYPTION_KEY is ${ids[0]}`;
}
