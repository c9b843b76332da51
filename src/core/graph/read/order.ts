import { sql, type RawBuilder } from 'kysely';
import type { ColumnOf } from './table-reader.js';

/** One step of an order. */
export interface OrderStep {
  property: string;
  isDescending: boolean;
}

/** Adds the id as the last step, so that an order is total. */
export const totalOrder = (steps: readonly OrderStep[]): OrderStep[] =>
  steps.some(({ property }) => property === 'id')
    ? [...steps]
    : [...steps, { property: 'id', isDescending: steps.at(-1)?.isDescending ?? false }];

/** The same order from its end. */
export const reversed = (steps: readonly OrderStep[]): OrderStep[] => steps.map((step) => ({ ...step, isDescending: !step.isDescending }));

/** The `order by` list. */
export const orderBy = (steps: readonly OrderStep[], columnOf: ColumnOf): RawBuilder<unknown> =>
  sql.join(steps.map(({ property, isDescending }) => sql`${sql.ref(`t.${columnOf(property)}`)} ${sql.raw(isDescending ? 'desc' : 'asc')}`));

/** The condition for the rows that come after these values in the order (keyset pagination). */
export function isAfter(steps: readonly OrderStep[], values: readonly unknown[], columnOf: ColumnOf): RawBuilder<unknown> {
  const column = ({ property }: OrderStep) => sql.ref(`t.${columnOf(property)}`);
  const compare = (step: OrderStep) => sql.raw(step.isDescending ? '<' : '>');
  if (steps.every(({ isDescending }) => isDescending === steps[0]!.isDescending))
    return sql`(${sql.join(steps.map(column))}) ${compare(steps[0]!)} (${sql.join(values)})`;
  const alternatives = steps.map((step, at) => {
    const equal = steps.slice(0, at).map((earlier, i) => sql`${column(earlier)} = ${values[i]}`);
    return sql`(${sql.join([...equal, sql`${column(step)} ${compare(step)} ${values[at]}`], sql` and `)})`;
  });
  return sql`(${sql.join(alternatives, sql` or `)})`;
}
