import { Enum, Property } from '@mikro-orm/decorators/legacy';
import type { ColumnKind, EnumDeclaration } from './declaration.js';
import { naming, noteField } from './registry.js';

/** How a column is stored, read and shown. */
export interface ColumnOptions {
  kind: ColumnKind | EnumDeclaration;
  description: string;
  nullable?: boolean;
  /** Holds a list of such values, stored as jsonb; it is neither filtered nor ordered by. */
  list?: boolean;
  /** May be filtered by; gets an index. */
  filter?: boolean;
  /** May be ordered by; gets an index. */
  order?: boolean;
  /** May be searched for a text that it contains; gets a trigram index. */
  search?: boolean;
  hidden?: boolean;
  secret?: boolean;
  unique?: boolean;
  /** For JSON that people read: keeps the order of its keys, and cannot be searched. */
  keepsOrder?: boolean;
  /** SQL expression. */
  default?: string;
}

// The runtime type is said because a property that may be null has none that the ORM could see: it would give such a number as a text.
const types: Record<ColumnKind, { type: string; columnType: string; runtimeType?: string }> = {
  id: { type: 'uuid', columnType: 'uuid' },
  string: { type: 'text', columnType: 'text' },
  int: { type: 'integer', columnType: 'int' },
  long: { type: 'double', columnType: 'bigint', runtimeType: 'number' },
  float: { type: 'double', columnType: 'double precision', runtimeType: 'number' },
  boolean: { type: 'boolean', columnType: 'boolean' },
  time: { type: 'Date', columnType: 'timestamptz(3)' },
  json: { type: 'json', columnType: 'jsonb' },
};

/** Declares a column: its storage and its field in the graph. */
export const Column =
  (options: ColumnOptions) =>
  (prototype: object, property: string): void => {
    const { kind, keepsOrder = false, list = false, nullable = false, unique = false, default: initial } = options;
    // Ordered by code point: the same on every server, and prefixes are found through the index.
    const isText = kind === 'string' || typeof kind !== 'string';
    const isSorted = isText && (options.order || (kind === 'string' && (options.filter || unique)));
    const storage = {
      nullable,
      ...(unique && { unique }),
      ...(initial !== undefined && { defaultRaw: initial }),
      ...(isSorted && { collation: 'C' }),
    };
    if (list) Property({ ...types.json, ...storage })(prototype, property);
    else if (typeof kind === 'string')
      Property({ ...types[kind], ...(keepsOrder && { columnType: 'json' }), ...storage })(prototype, property);
    else Enum({ items: () => Object.keys(kind.values), type: 'text', ...storage })(prototype, property);
    noteField(prototype, {
      is: 'column',
      property,
      column: naming.propertyToColumnName(property),
      kind: typeof kind === 'string' ? kind : 'string',
      ...(typeof kind !== 'string' && { enum: kind }),
      description: options.description,
      nullable,
      list,
      filter: options.filter ?? false,
      order: options.order ?? false,
      search: options.search ?? false,
      unique,
      hidden: options.hidden ?? options.secret ?? false,
      secret: options.secret ?? false,
    });
  };
