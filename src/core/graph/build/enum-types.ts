import { registerEnumType } from 'type-graphql';
import type { EnumDeclaration } from '#core/database/declare/declaration.js';

const registered = new WeakMap<EnumDeclaration, object>();

/** The GraphQL enum of a declared enum. */
export function enumType(declaration: EnumDeclaration): object {
  const known = registered.get(declaration);
  if (known) return known;
  const values = Object.fromEntries(Object.keys(declaration.values).map((value) => [value, value]));
  registerEnumType(values, {
    name: declaration.name,
    description: declaration.description,
    valuesConfig: Object.fromEntries(Object.entries(declaration.values).map(([value, description]) => [value, { description }])),
  });
  registered.set(declaration, values);
  return values;
}
