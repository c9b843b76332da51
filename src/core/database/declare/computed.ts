import type { ColumnKind } from './declaration.js';
import type { Sql } from '../sql.js';
import { noteField } from './registry.js';

/** What a computed field is and which columns it reads. */
export interface ComputedOptions {
  kind: ColumnKind;
  description: string;
  nullable?: boolean;
  needs: readonly string[];
  /** The same in SQL, `alias` being the row's table: makes it a filter. Opt in only where few rows are left to be looked at. */
  sql?: (alias: string) => Sql;
}

/** Declares a getter as a field; it sees only the columns in `needs`. */
export const Computed =
  (options: ComputedOptions) =>
  (prototype: object, property: string, getter: PropertyDescriptor): void => {
    const compute = (row: object): unknown => getter.get!.call(row);
    noteField(prototype, { is: 'computed', property, nullable: false, ...options, compute });
  };
