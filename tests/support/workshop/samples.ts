import { randomUUID } from 'node:crypto';
import { naming } from '#core/database/declare/registry.js';
import { randomFrom } from '../probe.js';
import type { Values } from './planted.js';

/** A sample as a list is expected to show it. */
export type SampleRow = Record<string, unknown> & { id: string };

/** One step of an order, as the schema takes it. */
export interface Step {
  field: string;
  direction: 'ASC' | 'DESC';
  nulls: 'FIRST' | 'LAST' | null;
}

// By code point, which is neither what a dictionary nor what JavaScript has.
const texts = ['', 'a', 'A', 'ä', 'Z', '_', 'zz', '\uffee', '🚦'];
const ids = Array.from({ length: 3 }, () => randomUUID());
const times = ['1999-12-31T23:59:59.999Z', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z'].map((time) => new Date(time));
const valuesOf: Record<string, readonly unknown[]> = {
  text: texts,
  maybeText: [...texts.slice(0, 4), null],
  int: [-1, 0, 1],
  maybeInt: [-(2 ** 31), 2 ** 31 - 1, null],
  maybeLong: [-(2 ** 53 - 1), 0, 2 ** 53 - 1, null],
  maybeFloat: [-0.1, 0.1 + 0.2, 1e-300, 1e300, null],
  maybeBoolean: [true, false, null],
  maybeTime: [...times, null],
  maybeId: [...ids, null],
  grade: ['FINE', 'WORN', 'BROKEN'],
};

/** The columns of samples that lists may be ordered by; those whose names begin so may be null. */
export const columns = Object.keys(valuesOf);
/** Whether a column may be null. */
export const isNullable = (column: string): boolean => column.startsWith('maybe');
/** A step by a column. */
export const by = (column: string, direction: Step['direction'] = 'ASC', nulls: Step['nulls'] = null): Step => ({
  field: naming.propertyToColumnName(column).toUpperCase(),
  direction,
  nulls,
});

/** Samples with few values in each column, so that many are equal in some. */
export function someSamples(count: number, seed: number): Values[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () =>
    Object.fromEntries(Object.entries(valuesOf).map(([column, values]) => [column, values[Math.floor(random() * values.length)]])),
  );
}

/** The rows in an order, with their ids as the last step. */
export function sorted(rows: readonly SampleRow[], steps: readonly Step[]): SampleRow[] {
  const all = [...steps, { field: 'ID', direction: steps.at(-1)?.direction ?? 'ASC', nulls: null } as Step];
  return [...rows].sort((a, b) => {
    for (const step of all) {
      const property = columns.find((column) => by(column).field === step.field) ?? 'id';
      const order = compare(a[property], b[property], step);
      if (order !== 0) return order;
    }
    return 0;
  });
}

function compare(a: unknown, b: unknown, { direction, nulls }: Step): number {
  const isDescending = direction === 'DESC';
  if (a === null || b === null) {
    if (a === b) return 0;
    const nullsFirst = nulls === null ? isDescending : nulls === 'FIRST';
    return (a === null) === nullsFirst ? -1 : 1;
  }
  const order = typeof a === 'string' ? Buffer.compare(Buffer.from(a), Buffer.from(b as string)) : Number(a) - Number(b);
  return isDescending ? -order : order;
}
