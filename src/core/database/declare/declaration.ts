import type { Sql } from '../sql.js';

/** What a column holds: `id` is a UUID, `int` 32 bits, `long` a whole number up to 2^53, `time` a UTC time to the millisecond. */
export type ColumnKind = 'id' | 'string' | 'int' | 'long' | 'float' | 'boolean' | 'time' | 'json';

/** An enum, declared once for TypeScript, the database's check constraint and the schema. */
export interface EnumDeclaration<Value extends string = string> {
  readonly name: string;
  readonly description: string;
  readonly values: Readonly<Record<Value, string>>;
}

/** Declares an enum: each value with its description. */
export const declareEnum = <const Value extends string>(
  name: string,
  description: string,
  values: Record<Value, string>,
): EnumDeclaration<Value> => ({ name, description, values });

/** A field of a value. */
export interface ValueField {
  readonly kind: ColumnKind | EnumDeclaration;
  readonly description: string;
  readonly nullable?: boolean;
  readonly list?: boolean;
}

/** An object without an id that is not stored: what a derived field may answer with. */
export interface ValueDeclaration {
  readonly name: string;
  readonly description: string;
  readonly fields: Readonly<Record<string, ValueField>>;
}

/** Declares a value: its fields hold what columns of their kinds hold, times as ISO 8601 texts. */
export const declareValue = <const Fields extends Record<string, ValueField>>(
  name: string,
  description: string,
  fields: Fields,
): ValueDeclaration & { readonly fields: Fields } => ({ name, description, fields });

/** The union of an enum's values. */
export type ValueOf<E> = E extends EnumDeclaration<infer Value> ? Value : never;

/** A class that is an entity. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type EntityClass<Row = any> = abstract new (...args: never[]) => Row;

/** A column as it was declared. A `hidden` one has no field; a `secret` one is hidden and redacted in the change record. */
export interface ColumnDeclaration {
  readonly is: 'column';
  readonly property: string;
  /** Its name in the database. */
  readonly column: string;
  readonly kind: ColumnKind;
  readonly enum?: EnumDeclaration;
  readonly description: string;
  readonly nullable: boolean;
  /** Whether it holds a list of such values. */
  readonly list?: boolean;
  readonly filter: boolean;
  readonly order: boolean;
  /** Whether `contains` may be asked of it. */
  readonly search: boolean;
  readonly unique: boolean;
  readonly hidden: boolean;
  readonly secret: boolean;
}

/** The field that a to-one relation gives its target: a list, or one object when the relation is `unique`. */
export interface InverseDeclaration {
  readonly name: string;
  readonly description: string;
  /** Whether the target may be filtered by what is related to it: `some` or `none` of these. */
  readonly filter?: boolean;
}

/** A to-one relation as it was declared, on the side that holds the key. */
export interface ToOneDeclaration {
  readonly is: 'toOne';
  readonly property: string;
  /** The property that holds the plain id, when a higher domain declared the relation. */
  readonly key?: string;
  /** The key's name in the database. */
  readonly column: string;
  readonly target: () => EntityClass;
  readonly description: string;
  readonly nullable: boolean;
  readonly filter: boolean;
  /** Whether no two rows have the same target: one-to-one. */
  readonly unique: boolean;
  readonly inverse?: InverseDeclaration;
}

/** A field computed from columns of its own row. */
export interface ComputedDeclaration {
  readonly is: 'computed';
  readonly property: string;
  readonly kind: ColumnKind;
  readonly description: string;
  readonly nullable: boolean;
  readonly needs: readonly string[];
  readonly compute: (row: object) => unknown;
  /** The same in SQL over the row's table, so that it may be filtered by. */
  readonly sql?: (alias: string) => Sql;
}

/** Any declared field. */
export type FieldDeclaration = ColumnDeclaration | ToOneDeclaration | ComputedDeclaration;

/** A many-to-many list that a link entity gives the target of its relation `from`: the targets of its relation `to`. */
export interface LinkDeclaration {
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly description: string;
  /** Whether `from` may be filtered by `some` or `none` of these. */
  readonly filter?: boolean;
}

/** A list field of an entity: the rows whose relation `by` points at it, or those that a link entity puts beside it. */
export interface ListDeclaration {
  readonly name: string;
  readonly description: string;
  readonly filter: boolean;
  /** Entity of the rows. */
  readonly of: EntityClass;
  readonly by: string;
  /** The link entity that has the relation `by`, and its relation to the rows; null when the rows have `by` themselves. */
  readonly link: { readonly entity: EntityClass; readonly to: string } | null;
  /** Whether there is at most one row: the other side of a one-to-one relation. */
  readonly single: boolean;
}

/** A field that shows an object of any type, named by two columns: the type's name and the id. There is no foreign key. */
export interface PointerDeclaration {
  readonly name: string;
  readonly description: string;
  /** The property that holds the id. */
  readonly key: string;
  /** The property that holds the name of the type in the schema. */
  readonly type: string;
}

/** A root list of those rows of an entity for which a condition holds; `alias` is the row's table. */
export interface ExtractDeclaration {
  readonly name: string;
  readonly description: string;
  readonly where: (alias: string) => Sql;
}

/** The append-only order of an entity: `column` counts within each target of the relation `by`, or across all when there is none. */
export interface StreamDeclaration {
  readonly by?: string;
  readonly column: string;
}

/** What `@Table` states of an entity. */
export interface TableOptions {
  /** Name of the type in the schema; one without is not in the graph. */
  name?: string;
  /** Number of the type in its ids, 1 to 4095, never reused. */
  type: number;
  table: string;
  description: string;
  /** Root field that looks one up by id. */
  one?: string;
  /** Root field that lists them. */
  many?: string;
  /** Natural keys that the lookup takes instead of the id: a unique string column each, or several that are unique together. */
  keys?: readonly (string | readonly string[])[];
  links?: readonly LinkDeclaration[];
  pointers?: readonly PointerDeclaration[];
  /** Further root lists of it. */
  extracts?: readonly ExtractDeclaration[];
  streams?: readonly StreamDeclaration[];
}

/** An entity as it was declared. */
export interface EntityDeclaration extends TableOptions {
  readonly entity: EntityClass;
  readonly fields: Map<string, FieldDeclaration>;
  /** Lists that relations of other entities, and of itself, give it. */
  readonly lists: Map<string, ListDeclaration>;
}
