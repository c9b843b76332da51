import type { ColumnKind } from './declaration.js';
import { noteField } from './registry.js';

/** What a computed field is and which columns it reads. */
export interface ComputedOptions {
  kind: ColumnKind;
  description: string;
  nullable?: boolean;
  needs: readonly string[];
}

/** Declares a getter as a field; it sees only the columns in `needs`. */
export const Computed =
  (options: ComputedOptions) =>
  (prototype: object, property: string, getter: PropertyDescriptor): void => {
    const compute = (row: object): unknown => getter.get!.call(row);
    noteField(prototype, { is: 'computed', property, nullable: false, ...options, compute });
  };
