import type { Client } from 'pg';
import type { BackupManifest } from './manifest.js';
import { quoted } from './quoted.js';

type Sequences = BackupManifest['sequences'];

/** Where the sequences of the schema stand. They know no snapshot: read behind it, they are as far as its rows at least. */
export async function readSequences(client: Client): Promise<Sequences> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'S' order by relname collate "C"`,
  );
  const sequences: Sequences = [];
  for (const { name } of rows) {
    const { rows: found } = await client.query<{ value: string; isCalled: boolean }>(
      `select last_value as value, is_called as "isCalled" from ${quoted(name)}`,
    );
    sequences.push({ name, ...found[0]! });
  }
  return sequences;
}

/** Sets the sequences of the schema. */
export async function setSequences(client: Client, sequences: Sequences): Promise<void> {
  for (const { name, value, isCalled } of sequences)
    await client.query('select setval($1::regclass, $2::bigint, $3)', [quoted(name), value, isCalled]);
}
