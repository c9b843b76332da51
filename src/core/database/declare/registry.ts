import { UnderscoreNamingStrategy } from '@mikro-orm/core';
import type { EntityClass, EntityDeclaration, FieldDeclaration, TableOptions } from './declaration.js';

const fields = new WeakMap<object, Map<string, FieldDeclaration>>();
const declarations = new WeakMap<object, EntityDeclaration>();

/** How properties become names in the database. */
export const naming = new UnderscoreNamingStrategy();

/** Notes a field of the class that owns the prototype. */
export function noteField(prototype: object, field: FieldDeclaration): void {
  const own = fields.get(prototype) ?? new Map<string, FieldDeclaration>();
  fields.set(prototype, own.set(field.property, field));
}

/** The fields declared by a class and by those that it extends, the base's first. */
export function fieldsOf(prototype: object | null): Map<string, FieldDeclaration> {
  if (prototype === null || prototype === Object.prototype) return new Map();
  return new Map([...fieldsOf(Object.getPrototypeOf(prototype) as object | null), ...(fields.get(prototype) ?? [])]);
}

/** Notes that a class is an entity. */
export function noteEntity(entity: EntityClass, options: TableOptions): void {
  declarations.set(entity, { ...options, entity, fields: fieldsOf(entity.prototype as object), lists: new Map() });
}

/** The declaration of an entity class; throws for a class without `@Table`. */
export function declarationOf(entity: EntityClass): EntityDeclaration {
  const declaration = declarations.get(entity);
  if (!declaration) throw new Error(`${entity.name} has no @Table`);
  return declaration;
}

/** The name of the column that stores a property of an entity. */
export function columnName({ name, table, fields }: EntityDeclaration, property: string): string {
  const field = fields.get(property);
  if (!field || field.is === 'computed') throw new Error(`${name ?? table}.${property} has no column`);
  return field.column;
}
