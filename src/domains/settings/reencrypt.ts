import type { EntityManager } from '@mikro-orm/postgresql';
import { columnName, declarationOf } from '#core/database/declare/registry.js';
import { SealedColumns, type SealedColumn } from '#core/database/sealed-column.js';
import { executeSql, sql } from '#core/database/sql.js';
import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { KeyRing, sealedWith } from '#core/secrets/key-ring.js';
import { MissingKey } from '#core/secrets/missing-key.js';

const batch = 100;

type SealedRow = { id: string } & Record<string, string>;

/** Seals everything that is sealed with the current key, so that retired keys can be removed. */
export const reencrypt: OwnOperation = {
  name: 'reencrypt',
  description: 'Encrypts everything that is stored encrypted with the current ENCRYPTION_KEY, so that retired keys can be removed',
  run: sealAnew,
};

async function sealAnew(run: OwnRun): Promise<{ resealed: number; unreadable: number }> {
  const total = { resealed: 0, unreadable: 0 };
  for (const column of run.system.services.get(SealedColumns).all) {
    const { resealed, unreadable } = await sealColumn(run, column);
    total.resealed += resealed;
    total.unreadable += unreadable;
    const { table } = declarationOf(column.entity);
    await run.log('INFO', `${table}.${column.property}: ${resealed} sealed anew`);
    await run.progress({ status: 'sealing', message: `${total.resealed} sealed anew` });
  }
  return total;
}

async function sealColumn({ system, signal, log }: OwnRun, column: SealedColumn): Promise<{ resealed: number; unreadable: number }> {
  const ring = system.services.get(KeyRing);
  const { entity, property } = column;
  const count = { resealed: 0, unreadable: 0 };
  let rows: SealedRow[] = [];
  do {
    signal.throwIfAborted();
    const em = system.database.fork();
    rows = await rowsAfter(em, column, rows.at(-1)?.id ?? null);
    for (const row of rows) {
      const sealed = row[property]!;
      if (ring.isCurrent(sealed)) continue;
      try {
        const fresh = ring.reseal(sealed, column.context(row));
        count.resealed += await replace(column, row.id, { sealed, fresh }, em);
      } catch (error) {
        count.unreadable += 1;
        const why = error instanceof MissingKey ? error.message : 'It cannot be decrypted';
        await log('WARN', `${declarationOf(entity).table} ${row.id}: ${why}`);
      }
    }
  } while (rows.length === batch);
  return count;
}

function rowsAfter(em: EntityManager, { entity, property, needs = [] }: SealedColumn, after: string | null): Promise<SealedRow[]> {
  const where = { [property]: { $ne: null }, ...(after !== null && { id: { $gt: after } }) };
  const options = { orderBy: { id: 'asc' }, limit: batch, populate: needs };
  return em.find(entity, where as never, options as never) as Promise<SealedRow[]>;
}

/** Only what is still as it was read: what somebody has set meanwhile is sealed with the current key already. */
async function replace(
  { entity, property, keyProperty }: SealedColumn,
  id: string,
  { sealed, fresh }: { sealed: string; fresh: string },
  em: EntityManager,
): Promise<number> {
  const declaration = declarationOf(entity);
  const column = sql.ref(columnName(declaration, property));
  const key = keyProperty && sql`, ${sql.ref(columnName(declaration, keyProperty))} = ${sealedWith(fresh)}`;
  const rows = await executeSql(
    em,
    sql`update ${sql.ref(declaration.table)} set ${column} = ${fresh}${key ?? sql.empty} where id = ${id} and ${column} = ${sealed} returning id`,
  );
  return rows.length;
}
