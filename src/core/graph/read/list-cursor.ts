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

/** The cursors of an ordered list: they bind the type and the order that they were made for. */
export function orderedCursor(type: string, steps: readonly OrderStep[]): ListCursor {
  const order = `${type}:${steps.map(({ property, isDescending }) => `${isDescending ? '-' : ''}${property}`).join(',')}`;
  return {
    encode: (row) =>
      Buffer.from(JSON.stringify([version, order, ...steps.map(({ property }) => json(row[property]))])).toString('base64url'),
    decode(cursor, path) {
      const values = parse(cursor);
      if (!values || values[0] !== version || typeof values[1] !== 'string')
        throw badInput(`${path} is not a cursor of Signalbox: pass one that a connection returned`, path);
      if (values[1] !== order || values.length !== steps.length + 2)
        throw badInput(`${path} is a cursor of another list or another order`, path);
      return values.slice(2);
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
