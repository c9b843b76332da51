import type { EntityDeclaration, FieldDeclaration } from '#core/database/declare/declaration.js';
import type { TextRow } from '#core/database/reads.js';

/** A plain row: property names to values, to-one relations to the row of their target or null, times as ISO 8601 texts. */
export type Row = Record<string, unknown> & { id: string };

/** Makes the row out of a text row, whose columns begin at `from`. */
export type MakeRow = (values: TextRow, from: number) => Row;

type Decode = (text: string) => unknown;

const instant = (text: string): string => {
  // As PostgreSQL has it in UTC, its fraction without trailing zeros.
  if (text.endsWith('+00')) return `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, '0')}Z`;
  return new Date(`${text.slice(0, 10)}T${text.slice(11)}${/[+-]\d\d$/.test(text) ? ':00' : ''}`).toISOString();
};

const decodes: Partial<Record<string, Decode>> = {
  int: Number,
  long: Number,
  float: Number,
  boolean: (text) => text === 't',
  time: instant,
  json: (text) => JSON.parse(text) as unknown,
};

const decodeOf = (field: FieldDeclaration): Decode | undefined =>
  field.is === 'column' ? decodes[field.list ? 'json' : field.kind] : undefined;

/**
 * Makes the maker of rows with these columns, and with these references still to be filled in. It is written out as code, because an
 * object literal has one shape, and is made far faster than one to which properties are added by name.
 */
export function rowMaker({ fields }: EntityDeclaration, columns: readonly string[], references: readonly string[]): MakeRow {
  const decode = columns.map((property) => decodeOf(fields.get(property)!));
  const values = columns.map((property, i) => {
    const value = `values[from + ${i}]`;
    return `${JSON.stringify(property)}: ${decode[i] ? `${value} === null ? null : decode[${i}](${value})` : value}`;
  });
  const empty = references.map((property) => `${JSON.stringify(property)}: null`);
  return new Function('decode', `return (values, from) => ({ ${[...values, ...empty].join(', ')} });`)(decode) as MakeRow;
}
