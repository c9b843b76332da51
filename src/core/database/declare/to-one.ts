import { ManyToOne, OneToOne } from '@mikro-orm/decorators/legacy';
import type { EntityClass, InverseDeclaration } from './declaration.js';
import { naming, noteField } from './registry.js';

/** A to-one relation and the list that its target gets. */
export interface ToOneOptions {
  description: string;
  nullable?: boolean;
  filter?: boolean;
  /** No two rows may have the same target; the target's inverse is one object then, no list. */
  unique?: boolean;
  onDelete?: 'cascade' | 'set null' | 'restrict';
  inverse?: InverseDeclaration;
}

/** Declares a to-one relation on the side that holds the key; the graph gives the target the `inverse` list. */
export const ToOne =
  (target: () => EntityClass, options: ToOneOptions) =>
  (prototype: object, property: string): void => {
    const { nullable = false, unique = false, onDelete = nullable ? 'set null' : 'restrict' } = options;
    const storage = { ref: true, nullable, deleteRule: onDelete, updateRule: 'no action' };
    if (unique) OneToOne(target as never, { ...storage, owner: true, unique: true } as never)(prototype as never, property);
    else ManyToOne(target as never, storage as never)(prototype as never, property);
    noteField(prototype, {
      is: 'toOne',
      property,
      column: naming.joinKeyColumnName(property, 'id'),
      target,
      description: options.description,
      nullable,
      filter: options.filter ?? false,
      unique,
      ...(options.inverse && { inverse: options.inverse }),
    });
  };
