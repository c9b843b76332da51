import type { ColumnDeclaration, ColumnKind, EntityDeclaration } from '#core/database/declare/declaration.js';
import { isUuid } from '#core/database/id.js';
import { badInput } from '#core/errors/bad-input.js';
import { decodeCursor, encodeCursor } from '#core/feed/cursor.js';
import type { OrderStep } from './order.js';
import type { Row } from './table-reader.js';

/** Reads and writes the cursors of one list. */
export interface ListCursor {
  encode(row: Row): string;
  /** The values of the order's columns at the cursor. */
  decode(cursor: string, path: string): unknown[];
}

const version = 1;
const json = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);

// What a cursor of ours holds of each kind of column; anything else was tampered with.
const fits: Record<ColumnKind, (value: unknown) => boolean> = {
  id: (value) => typeof value === 'string' && isUuid(value),
  string: (value) => typeof value === 'string' && !value.includes('\0'),
  int: (value) => value === ((value as number) | 0),
  long: (value) => Number.isSafeInteger(value),
  float: (value) => Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  time: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value,
  json: () => false,
};

/** The cursors of an ordered list: they bind the type and the order that they were made for. */
export function orderedCursor({ name, fields }: EntityDeclaration, steps: readonly OrderStep[]): ListCursor {
  const kinds = steps.map(({ property }) => (fields.get(property) as ColumnDeclaration).kind);
  const order = `${name}:${steps.map(({ property, isDescending }) => `${isDescending ? '-' : ''}${property}`).join(',')}`;
  return {
    encode: (row) =>
      Buffer.from(JSON.stringify([version, order, ...steps.map(({ property }) => json(row[property]))])).toString('base64url'),
    decode(cursor, path) {
      const values = parse(cursor);
      if (!values || values[0] !== version || typeof values[1] !== 'string')
        throw badInput(`${path} is not a cursor of Signalbox: pass one that a connection returned`, path);
      if (values[1] !== order || values.length !== steps.length + 2)
        throw badInput(`${path} is a cursor of another list or another order`, path);
      const found = values.slice(2);
      if (!kinds.every((kind, i) => fits[kind](found[i]))) throw badInput(`${path} is not a cursor of Signalbox`, path);
      return found;
    },
  };
}

/** The cursors of a stream: the same that its feed uses. */
export const streamCursor = (stream: string, property: string): ListCursor => ({
  encode: (row) => encodeCursor({ [stream]: row[property] as number }),
  decode: (cursor, path) => [decodeCursor(cursor, stream, path)],
});

function parse(cursor: string): unknown[] | null {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
