import { sql, type RawBuilder } from 'kysely';
import type { GraphQLResolveInfo } from 'graphql';
import type { EntityDeclaration } from '#core/database/declare/declaration.js';
import { selectionOf } from '../selection.js';

/** A plain row: property names to values, to-one relations as the id of their target. */
export type Row = Record<string, unknown> & { id: string };

/** The columns that an operation needs of a type: what it selects, what computed fields read, and `also`. */
export function neededProperties(declaration: EntityDeclaration, info: GraphQLResolveInfo, also: readonly string[] = []): string[] {
  const needed = new Set(['id', ...also]);
  for (const name of selectionOf(info).get(declaration.name!) ?? []) {
    const field = declaration.fields.get(name);
    if (field?.is === 'computed') for (const property of field.needs) needed.add(property);
    else if (field) needed.add(name);
  }
  return [...needed];
}

/** The select list for these properties, each under its property's name. */
export const selectList = (columnOf: ColumnOf, alias: string, properties: readonly string[]): RawBuilder<unknown> =>
  sql.join(properties.map((property) => sql`${sql.ref(`${alias}.${columnOf(property)}`)} as ${sql.ref(property)}`));

/** Finds the column of a property. */
export type ColumnOf = (property: string) => string;

/** Turns what the driver returns into what the schema's scalars take: times to `Date`, long integers to numbers. */
export function decoder(declaration: EntityDeclaration, properties: readonly string[]): (row: Row) => Row {
  const ofKind = (kind: string): string[] =>
    properties.filter((property) => {
      const field = declaration.fields.get(property);
      return field?.is === 'column' && field.kind === kind;
    });
  const times = ofKind('time');
  const longs = ofKind('long');
  return (row) => {
    for (const property of times) if (row[property] !== null) row[property] = new Date(row[property] as string);
    for (const property of longs) if (row[property] !== null) row[property] = Number(row[property]);
    return row;
  };
}
