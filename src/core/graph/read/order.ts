import type { EntityDeclaration } from '#core/database/declare/declaration.js';
import { sql, type Sql } from '#core/database/sql.js';
import { column } from './viewer.js';

/** One step of an order. */
export interface OrderStep {
  property: string;
  isDescending: boolean;
  /** Where rows without a value stand; as PostgreSQL has it, null is the greatest value unless something else is asked for. */
  nullsFirst: boolean;
}

/** A step of an order with nulls where PostgreSQL puts them. */
export const step = (property: string, isDescending = false, nullsFirst = isDescending): OrderStep => ({
  property,
  isDescending,
  nullsFirst,
});

/** Adds the id as the last step, so that an order is total. */
export const totalOrder = (steps: readonly OrderStep[]): OrderStep[] =>
  steps.some(({ property }) => property === 'id') ? [...steps] : [...steps, step('id', steps.at(-1)?.isDescending)];

/** The same order from its end. */
export const reversed = (steps: readonly OrderStep[]): OrderStep[] =>
  steps.map(({ property, isDescending, nullsFirst }) => ({ property, isDescending: !isDescending, nullsFirst: !nullsFirst }));

/** The `order by` list over the alias `t`. */
export const orderBy = ({ entity }: EntityDeclaration, steps: readonly OrderStep[]): Sql =>
  sql.join(
    steps.map(({ property, isDescending, nullsFirst }) => {
      const nulls = nullsFirst === isDescending ? '' : ` nulls ${nullsFirst ? 'first' : 'last'}`;
      return sql`${column(entity, property, 't')} ${sql.raw(`${isDescending ? 'desc' : 'asc'}${nulls}`)}`;
    }),
  );

/** The condition for the rows that come after these values in the order (keyset pagination). */
export function isAfter(declaration: EntityDeclaration, steps: readonly OrderStep[], values: readonly unknown[]): Sql {
  const columnOf = ({ property }: OrderStep): Sql => column(declaration.entity, property, 't');
  const isNullable = ({ property }: OrderStep): boolean => (declaration.fields.get(property) as { nullable: boolean }).nullable;
  if (steps.every((each) => !isNullable(each) && each.isDescending === steps[0]!.isDescending))
    return sql`(${sql.join(steps.map(columnOf))}) ${sql.raw(steps[0]!.isDescending ? '<' : '>')} (${sql.join(values)})`;
  // Says nothing new, but an index finds the place by it.
  const reachOf = (first: OrderStep, value: unknown): Sql | null => {
    if (value === null) return first.nullsFirst ? null : sql`${columnOf(first)} is null`;
    if (isNullable(first) && !first.nullsFirst) return null;
    return sql`${columnOf(first)} ${sql.raw(first.isDescending ? '<=' : '>=')} ${value}`;
  };
  const equal = (each: OrderStep, value: unknown): Sql =>
    value === null ? sql`${columnOf(each)} is null` : sql`${columnOf(each)} = ${value}`;
  const beyond = (each: OrderStep, value: unknown): Sql => {
    if (value === null) return each.nullsFirst ? sql`${columnOf(each)} is not null` : sql`false`;
    const past = sql`${columnOf(each)} ${sql.raw(each.isDescending ? '<' : '>')} ${value}`;
    return isNullable(each) && !each.nullsFirst ? sql`(${past} or ${columnOf(each)} is null)` : past;
  };
  const alternatives = steps.map(
    (each, at) =>
      sql`(${sql.join([...steps.slice(0, at).map((earlier, i) => equal(earlier, values[i])), beyond(each, values[at])], ' and ')})`,
  );
  const reach = reachOf(steps[0]!, values[0]);
  return sql`(${reach ? sql`${reach} and ` : sql.empty}(${sql.join(alternatives, ' or ')}))`;
}
