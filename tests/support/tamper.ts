import { Client } from 'pg';
import { onTestFinished } from 'vitest';

const tables = ['changes', 'audit_seals', 'audit_checkpoints'];

/** Does to the audit trail what only the owner of the database can do, without the triggers that guard it; undone when the test is over. */
export async function tamper(databaseUrl: string, ...statements: string[]): Promise<void> {
  const owner = new Client({ connectionString: databaseUrl });
  await owner.connect();
  const copies = tables.map((table) => `create table untouched_${table} as select * from ${table}`);
  // One look at all of them: the trail goes on meanwhile.
  for (const each of ['begin isolation level repeatable read', ...copies, 'commit']) await owner.query(each);
  const had = await constraintsOf(owner);
  await unguarded(owner, statements);
  onTestFinished(async () => {
    const back = tables.flatMap((table) => [
      `delete from ${table}`,
      `insert into ${table} select * from untouched_${table}`,
      `drop table untouched_${table}`,
    ]);
    await unguarded(owner, back);
    const left = new Set((await constraintsOf(owner)).map(({ name }) => name));
    for (const { table, name, definition } of had)
      if (!left.has(name)) await owner.query(`alter table ${table} add constraint ${name} ${definition}`);
    await owner.end();
  });
}

async function unguarded(owner: Client, statements: readonly string[]): Promise<void> {
  const triggers = (what: 'disable' | 'enable'): string[] => tables.map((table) => `alter table ${table} ${what} trigger user`);
  for (const each of ['begin', ...triggers('disable'), ...statements, ...triggers('enable'), 'commit']) await owner.query(each);
}

const constraintsOf = async (owner: Client): Promise<{ table: string; name: string; definition: string }[]> =>
  (
    await owner.query(
      `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
       from pg_constraint where conrelid = any($1::regclass[])`,
      [tables],
    )
  ).rows as { table: string; name: string; definition: string }[];
