import type { Client } from 'pg';
import type { TableShape } from './list-tables.js';
import type { BackupManifest } from './manifest.js';
import { quoted } from './quoted.js';

/** Where a table has sealed texts. */
export interface SealedTexts {
  table: string;
  column: string;
  /** Whether a server needs them to start. */
  isRequired: boolean;
}

/** The ids of keys that stored secrets need, and whether a server starts without them. */
export type NeededKeys = NonNullable<BackupManifest['neededKeys']>;

/** The keys that the sealed texts of a snapshot name; tables and columns that it does not have yet need none. */
export async function readNeededKeys(client: Client, tables: readonly TableShape[], sealed: readonly SealedTexts[]): Promise<NeededKeys> {
  const present = sealed.filter(({ table, column }) => tables.some(({ name, columns }) => name === table && columns.includes(column)));
  const needed = new Map<string, boolean>();
  for (const { table, column, isRequired } of present) {
    const { rows } = await client.query<{ id: string }>(
      `select distinct split_part(${quoted(column)}, ':', 2) as id from ${quoted(table)} where ${quoted(column)} ~ '^[a-z]\\d+:[0-9a-f]{8}:'`,
    );
    for (const { id } of rows) needed.set(id, isRequired || (needed.get(id) ?? false));
  }
  return [...needed].map(([id, isRequired]) => ({ id, isRequired })).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What is missing of the needed keys where those with some ids are. */
export interface MissingKeys {
  /** Without these there is no use: a server needs them to start, or there is no other one. */
  essential: string[];
  /** Without these some secrets cannot be read. */
  other: string[];
}

/** Which needed keys are not among those with these ids. */
export function missingKeys(needed: NeededKeys, ids: readonly string[]): MissingKeys {
  const missing = needed.filter(({ id }) => !ids.includes(id));
  const isEssential = ({ isRequired }: NeededKeys[number]): boolean => isRequired || missing.length === needed.length;
  return {
    essential: missing.filter(isEssential).map(({ id }) => id),
    other: missing.filter((key) => !isEssential(key)).map(({ id }) => id),
  };
}

/** Says that a key is missing without which only some secrets cannot be read. */
export const tellOfLostKey = (id: string): string =>
  `The retired key ${id} is not here: secrets that were never encrypted anew cannot be read without it.`;
