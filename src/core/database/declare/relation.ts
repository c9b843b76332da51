import { Index, ManyToOne, OneToOne } from '@mikro-orm/decorators/legacy';
import type { EntityClass, InverseDeclaration, ToOneDeclaration } from './declaration.js';
import { declarationOf } from './registry.js';

/** A relation of an entity that may not know its target, declared by the domain that knows both. */
export interface RelationDeclaration {
  /** Entity with the plain UUID column. */
  readonly of: EntityClass;
  /** The property of that column. */
  readonly key: string;
  /** Name of the field that shows the target. */
  readonly name: string;
  readonly to: EntityClass;
  readonly description: string;
  readonly filter?: boolean;
  readonly inverse?: InverseDeclaration;
  readonly onDelete: 'cascade' | 'set null' | 'restrict';
}

/** Declares a relation from above: the lower domain has a column of kind `id`, the higher one declares both fields and the foreign key. */
export const relation = (declaration: RelationDeclaration): RelationDeclaration => declaration;

/** Gives the entity of the lower domain its field and the foreign key; done once, before the database and the graph are made of it. */
export function addRelation({ of, key, name, to, description, filter = false, inverse, onDelete }: RelationDeclaration): void {
  const { fields, table } = declarationOf(of);
  const column = fields.get(key);
  if (column?.is !== 'column' || column.kind !== 'id') throw new Error(`${table}.${key} is no column of kind id`);
  const { nullable, unique } = column;
  // Mapped once more, now as a foreign key; the property still holds the plain id.
  const storage = { mapToPk: true, fieldName: column.column, nullable, deleteRule: onDelete, updateRule: 'no action' };
  const map = (): unknown => to;
  if (unique) OneToOne(map as never, { ...storage, owner: true, unique } as never)(of.prototype as never, key);
  else ManyToOne(map as never, storage as never)(of.prototype as never, key);
  if (!unique && !column.filter && !column.order) Index({ properties: [key, 'id'] } as never)(of as never);
  const field: ToOneDeclaration = {
    is: 'toOne',
    property: name,
    column: column.column,
    target: () => to,
    description,
    nullable,
    filter,
    unique,
    ...(inverse && { inverse }),
  };
  fields.set(name, field);
}
