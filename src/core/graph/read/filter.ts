import { sql, type RawBuilder } from 'kysely';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import type { ColumnOf } from './table-reader.js';

/** A filter as the schema's filter inputs have it: operators per field, and `and`, `or`, `not`. */
export type FilterInput = { [field: string]: unknown };

const comparisons: Record<string, string> = { eq: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' };
const mostValues = 500;
const deepest = 20;

/** The SQL condition for a filter; `path` leads to it in the input, for error messages. */
export function filterCondition(filter: FilterInput, columnOf: ColumnOf, path = 'filter', depth = 0): RawBuilder<unknown> {
  if (depth > deepest) throw new AppError('LIMIT_EXCEEDED', `A filter may be nested ${deepest} deep`, { paths: [path] });
  const conditions = Object.entries(filter).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (value === null) throw badInput(`${path}.${name} must not be null; use isNull`, `${path}.${name}`);
    if (name === 'not') return [sql`not coalesce(${filterCondition(value as FilterInput, columnOf, `${path}.not`, depth + 1)}, false)`];
    if (name === 'and' || name === 'or') {
      const parts = (value as FilterInput[]).map((part, i) => filterCondition(part, columnOf, `${path}.${name}.${i}`, depth + 1));
      if (parts.length === 0) return [sql`${sql.lit(name === 'and')}`];
      return [sql`(${sql.join(parts, name === 'and' ? sql` and ` : sql` or `)})`];
    }
    return operators(sql.ref(`t.${columnOf(name)}`), value as Record<string, unknown>, `${path}.${name}`);
  });
  return conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, sql` and `)})`;
}

function operators(column: RawBuilder<unknown>, given: Record<string, unknown>, path: string): RawBuilder<unknown>[] {
  return Object.entries(given).flatMap(([operator, value]) => {
    if (value === undefined) return [];
    if (value === null) throw badInput(`${path}.${operator} must not be null; use isNull`, `${path}.${operator}`);
    if (operator === 'isNull') return [value ? sql`${column} is null` : sql`${column} is not null`];
    if (operator === 'startsWith') return [sql`${column} like ${`${(value as string).replace(/[\\%_]/g, '\\$&')}%`}`];
    if (operator === 'in') {
      const values = value as unknown[];
      if (values.length > mostValues) throw badInput(`${path}.in takes at most ${mostValues} values`, `${path}.in`);
      return [values.length === 0 ? sql`false` : sql`${column} in (${sql.join(values)})`];
    }
    if (operator === 'ne') return [sql`${column} is distinct from ${value}`];
    return [sql`${column} ${sql.raw(comparisons[operator]!)} ${value}`];
  });
}
