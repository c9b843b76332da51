import { scalarOf } from '../scalars.js';
import type { DerivedDeclaration } from '../derived.js';
import { enumType } from './enum-types.js';
import { addField } from './generated-field.js';
import { plainValues, valueType } from './value-type.js';

function typeOf(kind: DerivedDeclaration['kind']): unknown {
  if (typeof kind === 'string') return scalarOf[kind];
  if (typeof kind === 'function') return kind;
  return 'fields' in kind ? valueType(kind) : enumType(kind);
}

/** Adds a derived field to its type. */
export function buildDerivedField(
  { of, name, description, kind, list = false, size = 1, nullable = false, args = {}, cost = 1, load }: DerivedDeclaration,
  owner: new () => object,
): void {
  const type = typeOf(kind);
  addField(owner, {
    name,
    description,
    nullable,
    cost,
    ...(list && { size }),
    extensions: { isDerived: true },
    type: () => (list ? [type] : type),
    args: Object.entries(args).map(([arg, { kind: of, nullable: isNullable = false, description: text }]) => {
      const argType = typeOf(of);
      return { name: arg, type: () => argType, nullable: isNullable, description: text };
    }),
    resolve: async (row, given: Record<string, unknown>, { reader, system }, info) => {
      const value = await reader.batch(`${of.name}.${name} ${JSON.stringify(given)}`, row.id, (ids) =>
        load(reader, ids, given, system.services),
      );
      if (typeof kind === 'function') return value === null ? null : reader.byId(kind, value as string, info);
      return typeof kind === 'object' && 'fields' in kind ? plainValues(kind, value) : value;
    },
  });
}
