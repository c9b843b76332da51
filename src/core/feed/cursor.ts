import { badInput } from '#core/errors/bad-input.js';

const version = 1;

/** Makes an opaque cursor out of a position in each of some streams. */
export const encodeCursor = (positions: Readonly<Record<string, number>>): string =>
  Buffer.from(JSON.stringify([version, positions])).toString('base64url');

/** The position in one stream that a cursor holds; a cursor that is malformed or of another stream is bad input at `path`. */
export function decodeCursor(cursor: string, stream: string, path = 'after'): number {
  const positions = parse(cursor);
  if (positions === null)
    throw badInput(`${path} is not a cursor of Signalbox: pass one that a page, a connection or a payload returned`, path);
  if (!Object.hasOwn(positions, stream)) throw badInput(`${path} is a cursor of another stream`, path);
  const position = positions[stream];
  if (!Number.isSafeInteger(position) || position! < 0) throw badInput(`${path} is not a cursor of Signalbox`, path);
  return position!;
}

function parse(cursor: string): Record<string, number> | null {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parsed) || parsed[0] !== version || typeof parsed[1] !== 'object' || parsed[1] === null || Array.isArray(parsed[1]))
      return null;
    return parsed[1] as Record<string, number>;
  } catch {
    return null;
  }
}
