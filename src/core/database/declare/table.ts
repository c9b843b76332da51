import { Entity, Index, Unique } from '@mikro-orm/decorators/legacy';
import type { EntityClass, FieldDeclaration, TableOptions } from './declaration.js';
import { fieldsOf, noteEntity } from './registry.js';

const uniqueOf = (fields: Map<string, FieldDeclaration>, options: TableOptions): string[][] =>
  (options.streams ?? []).map(({ by, column }) => (by ? [by, column] : [column])).filter((columns) => columns.every((c) => fields.has(c)));

/** Declares a class as an entity; filtered and ordered columns, relations, keys and streams get the indexes that serve them. */
export const Table =
  (options: TableOptions) =>
  (entity: EntityClass): void => {
    const fields = fieldsOf(entity.prototype as object);
    const streams = uniqueOf(fields, options);
    const keys = (options.keys ?? []).filter((key) => typeof key !== 'string');
    for (const properties of [...streams, ...keys]) Unique({ properties } as never)(entity as never);
    if (options.streams?.some(({ by }) => !by)) {
      const name = `${options.table}_unsequenced`;
      Index({ name, expression: `create index "${name}" on "${options.table}" ("created_at", "id") where "position" is null` } as never)(
        entity as never,
      );
    }
    for (const field of fields.values()) {
      const covered = streams.some(([first]) => first === field.property);
      if (field.is === 'toOne' && !field.unique && !covered) Index({ properties: [field.property, 'id'] } as never)(entity as never);
      if (field.is === 'column' && (field.filter || field.order) && field.property !== 'id' && !field.unique && !covered)
        Index({ properties: [field.property, 'id'] } as never)(entity as never);
      if (field.is === 'column' && field.search) {
        const name = `${options.table}_${field.column}_trigrams`;
        const expression = `create index "${name}" on "${options.table}" using gin ("${field.column}" collate "default" gin_trgm_ops)`;
        Index({ name, expression } as never)(entity as never);
      }
    }
    Entity({ tableName: options.table, comment: options.description } as never)(entity as never);
    noteEntity(entity, options);
  };
