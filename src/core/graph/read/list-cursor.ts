import type { ColumnDeclaration, ColumnKind, EntityDeclaration } from '#core/database/declare/declaration.js';
import { isUuid } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import type { Problems } from '#core/errors/problems.js';
import { decodeCursor, encodeCursor } from '#core/feed/cursor.js';
import type { OrderStep } from './order.js';
import type { Row } from './row.js';

/** Reads and writes the cursors of one list. */
export interface ListCursor {
  encode(row: Row): string;
  /** The values of the order's columns at the cursor; null, and a problem at `path`, for what is no cursor of this list. */
  decode(cursor: string, path: string, problems: Problems): unknown[] | null;
}

const version = 1;

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
  const columns = steps.map(({ property }) => fields.get(property) as ColumnDeclaration);
  const order = `${name}:${steps.map(nameOf).join(',')}`;
  return {
    encode: (row) => Buffer.from(JSON.stringify([version, order, ...steps.map(({ property }) => row[property])])).toString('base64url'),
    decode(cursor, path, problems) {
      const values = parse(cursor);
      if (!values || values[0] !== version || typeof values[1] !== 'string')
        problems.add(`${path} is not a cursor of Signalbox: pass one that a connection returned`, path);
      else if (values[1] !== order || values.length !== steps.length + 2)
        problems.add(`${path} is a cursor of another list or another order`, path);
      else {
        const found = values.slice(2);
        if (columns.every(({ kind, nullable }, i) => (nullable && found[i] === null) || fits[kind](found[i]))) return found;
        problems.add(`${path} is not a cursor of Signalbox`, path);
      }
      return null;
    },
  };
}

const nameOf = ({ property, isDescending, nullsFirst }: OrderStep): string =>
  `${isDescending ? '-' : ''}${property}${nullsFirst === isDescending ? '' : '!'}`;

/** The cursors of a stream: the same that its feed uses. */
export const streamCursor = (stream: string, property: string): ListCursor => ({
  encode: (row) => encodeCursor({ [stream]: row[property] as number }),
  decode(cursor, path, problems) {
    try {
      return [decodeCursor(cursor, stream, path)];
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      problems.add(error.message, path);
      return null;
    }
  },
});

function parse(cursor: string): unknown[] | null {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
