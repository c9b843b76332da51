import { ref } from '@mikro-orm/core';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { TestApp } from '../app.js';
import { Tong } from './tong.entity.js';

/** Values of a row; a to-one relation takes the id of its target. */
export type Values = Record<string, unknown>;

let made = 0;

/** Stores rows of a type through the ORM, all in one transaction; returns their ids. */
export async function plant({ system }: TestApp, entity: EntityClass, rows: readonly Values[]): Promise<string[]> {
  const { type, fields } = declarationOf(entity);
  const em = system.database.fork();
  const planted = rows.map((values) => {
    const given = Object.entries(values).map(([property, value]) => {
      const field = fields.get(property);
      const isReference = field?.is === 'toOne' && typeof value === 'string';
      return [property, isReference ? ref(em.getReference(field.target() as never, value as never)) : value];
    });
    return Object.assign(new (entity as new () => { id: string })(), { id: newId(type), ...Object.fromEntries(given) });
  });
  await em.persist(planted).flush();
  return planted.map(({ id }) => id);
}

/** Stores one row. */
export const plantOne = async (app: TestApp, entity: EntityClass, values: Values): Promise<string> =>
  (await plant(app, entity, [values]))[0]!;

/** What a tong must have, and these values. */
export function aTong(values: Values = {}): Values {
  made += 1;
  return { serial: `serial-${made}`, shelf: 'back', slot: made, name: `tong ${made}`, code: `code-${made}`, ...values };
}

/** Stores tongs under the names that the test gives them, which are their serial numbers too; returns their ids by these names. */
export async function plantTongs<Name extends string>(app: TestApp, tongs: Record<Name, Values>): Promise<Record<Name, string>> {
  const names = Object.keys(tongs) as Name[];
  const ids = await plant(
    app,
    Tong,
    names.map((name) => aTong({ serial: name, ...tongs[name] })),
  );
  return Object.fromEntries(names.map((name, i) => [name, ids[i]!])) as Record<Name, string>;
}
