import { Field, ObjectType } from 'type-graphql';
import type { ValueDeclaration } from '#core/database/declare/declaration.js';
import { scalarOf } from '../scalars.js';
import { enumType } from './enum-types.js';

const made = new WeakMap<ValueDeclaration, new () => object>();

/** The object type of a declared value. */
export function valueType(declaration: ValueDeclaration): new () => object {
  const known = made.get(declaration);
  if (known) return known;
  const { name, description, fields } = declaration;
  const type = class {};
  for (const [field, { kind, list = false, nullable = false, description: text }] of Object.entries(fields)) {
    const of = typeof kind === 'string' ? scalarOf[kind] : enumType(kind);
    Field(() => (list ? [of] : of) as never, { nullable, description: text })(type.prototype as object, field);
  }
  ObjectType(name, { description, simpleResolvers: true })(type as never);
  made.set(declaration, type);
  return type;
}

/** Plain objects with the fields of a declared value and nothing else, so that reading them runs no code: one, or a list of such. */
export function plainValues(value: ValueDeclaration, given: unknown): unknown {
  if (given == null) return null;
  if (Array.isArray(given)) return given.map((each) => plainValues(value, each));
  return Object.fromEntries(Object.keys(value.fields).map((field) => [field, (given as Record<string, unknown>)[field] ?? null]));
}
