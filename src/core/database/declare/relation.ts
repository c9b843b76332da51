import { MetadataStorage, ReferenceKind } from '@mikro-orm/core';
import { Index } from '@mikro-orm/decorators/legacy';
import type { ColumnDeclaration, EntityClass, InverseDeclaration, ToOneDeclaration } from './declaration.js';
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
  /** What becomes of the row when its target is deleted; `keep` leaves the id, so that there is no foreign key. */
  readonly onDelete: 'cascade' | 'set null' | 'restrict' | 'keep';
}

/** Declares a relation from above: the lower domain has a column of kind `id`, the higher one declares both fields and the foreign key. */
export const relation = (declaration: RelationDeclaration): RelationDeclaration => declaration;

const added = new WeakSet<RelationDeclaration>();

/** Gives the entity of the lower domain its field and the foreign key, before the database and the graph are made of it. */
export function addRelation(declaration: RelationDeclaration): void {
  // The classes are the same for all graphs of a process.
  if (added.has(declaration)) return;
  added.add(declaration);
  const { of, key, name, to, description, filter = false, inverse, onDelete } = declaration;
  const { fields, table } = declarationOf(of);
  const column = fields.get(key);
  if (column?.is !== 'column' || column.kind !== 'id') throw new Error(`${table}.${key} is no column of kind id`);
  if (fields.has(name)) throw new Error(`${table}.${name} is declared already`);
  const { nullable, unique } = column;
  const isIndexed = unique || column.filter || column.order;
  if (!isIndexed) Index({ properties: [key, 'id'] } as never)(of as never);
  if (onDelete !== 'keep') mapAsKey(declaration, column);
  const field: ToOneDeclaration = {
    is: 'toOne',
    property: name,
    key,
    column: column.column,
    target: () => to,
    description,
    nullable: nullable || onDelete === 'keep',
    filter,
    unique,
    ...(inverse && { inverse }),
  };
  fields.set(name, field);
}

function mapAsKey({ of, key, to, onDelete }: RelationDeclaration, { column, unique }: ColumnDeclaration): void {
  // The ORM's decorators refuse a property that has one; mapped again as a foreign key, it still holds the plain id.
  const { properties } = metadataOf(of);
  properties[key] = {
    ...properties[key],
    name: key,
    kind: unique ? ReferenceKind.ONE_TO_ONE : ReferenceKind.MANY_TO_ONE,
    entity: () => to,
    mapToPk: true,
    fieldName: column,
    deleteRule: onDelete,
    updateRule: 'no action',
    ...(unique && { owner: true }),
  };
}

/** What the ORM's decorators noted of a class. */
function metadataOf(of: EntityClass): { properties: Record<string, object> } {
  const { [MetadataStorage.PATH_SYMBOL]: path } = of as unknown as Record<symbol, string>;
  return MetadataStorage.getMetadata(of.name, path!, of as never);
}
