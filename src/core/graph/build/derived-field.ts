import type { ColumnKind, EnumDeclaration } from '#core/database/declare/declaration.js';
import { scalarOf } from '../scalars.js';
import type { DerivedDeclaration } from '../derived.js';
import { enumType } from './enum-types.js';
import { addField } from './generated-field.js';

const typeOf = (kind: ColumnKind | EnumDeclaration): unknown => (typeof kind === 'string' ? scalarOf[kind] : enumType(kind));

/** Adds a derived field to its type. */
export function buildDerivedField(
  { of, name, description, kind, list = false, nullable = false, args = {}, cost = 1, load }: DerivedDeclaration,
  owner: new () => object,
): void {
  const type = typeOf(kind);
  addField(owner, {
    name,
    description,
    nullable,
    cost,
    extensions: { isDerived: true },
    type: () => (list ? [type] : type),
    args: Object.entries(args).map(([arg, { kind: of, nullable: isNullable = false, description: text }]) => {
      const argType = typeOf(of);
      return { name: arg, type: () => argType, nullable: isNullable, description: text };
    }),
    resolve: (row, given: Record<string, unknown>, { reader }) =>
      reader.batch(`${of.name}.${name} ${JSON.stringify(given)}`, row.id, (ids) => load(reader, ids, given)),
  });
}
