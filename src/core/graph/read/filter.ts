import type { ColumnDeclaration, EntityDeclaration, ListDeclaration, ToOneDeclaration } from '#core/database/declare/declaration.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { isUuid } from '#core/database/id.js';
import { sql, type Sql } from '#core/database/sql.js';
import { AppError } from '#core/errors/app-error.js';
import type { Problems } from '#core/errors/problems.js';
import { membershipSql } from './membership.js';
import { column, seesAll, visible, visibleKey, type Viewer } from './viewer.js';

/** A filter as the schema's filter inputs have it: operators per field, conditions on related objects, and `and`, `or`, `not`. */
export type FilterInput = { readonly [field: string]: unknown };

/** Where in a filter a condition stands. */
interface Place {
  viewer: Viewer;
  problems: Problems;
  path: string;
  /** The table's name in the statement. */
  alias: string;
  depth: number;
  hops: number;
}

const comparisons: Record<string, string> = { eq: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' };
const mostValues = 500;
const deepest = 20;
const mostHops = 4;

/** The SQL condition for a filter over the alias `t`; what is wrong with the filter is added to `problems`. */
export const filterCondition = (viewer: Viewer, declaration: EntityDeclaration, filter: FilterInput, problems: Problems): Sql =>
  conditionOn(declaration, filter, { viewer, problems, path: 'filter', alias: 't', depth: 0, hops: 0 });

function conditionOn(declaration: EntityDeclaration, filter: FilterInput, place: Place): Sql {
  if (place.depth > deepest) throw new AppError('LIMIT_EXCEEDED', `A filter may be nested ${deepest} deep`, { paths: [place.path] });
  const conditions: Sql[] = [];
  for (const [name, value] of Object.entries(filter)) {
    const here = { ...place, path: `${place.path}.${name}`, depth: place.depth + 1 };
    if (value === undefined) continue;
    if (value === null) place.problems.add(`${here.path} must not be null; use isNull`, here.path);
    else conditions.push(...conditionsOf(declaration, name, value as FilterInput, here));
  }
  return conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, ' and ')})`;
}

function conditionsOf(declaration: EntityDeclaration, name: string, value: FilterInput, place: Place): Sql[] {
  if (name === 'not') return [sql`not coalesce(${conditionOn(declaration, value, place)}, false)`];
  if (name === 'and' || name === 'or') return [combined(declaration, name, value as never, place)];
  const list = declaration.lists.get(name);
  if (list) return listConditions(list, value, place);
  const field = declaration.fields.get(name)!;
  if (!seesAll(place.viewer, declaration.entity, name)) {
    place.problems.add(`${place.path}: you may not see this of everybody, so you may not filter by it`, place.path);
    return [];
  }
  if (field.is === 'computed') return operators(sql`(${field.sql!(place.alias)})`, field.kind, value, place);
  if (field.is === 'column') return operators(column(declaration.entity, name, place.alias), field.kind, value, place);
  return referenceConditions(declaration, field, value, place);
}

function combined(declaration: EntityDeclaration, name: 'and' | 'or', parts: readonly FilterInput[], place: Place): Sql {
  const conditions = parts.map((part, i) => conditionOn(declaration, part, { ...place, path: `${place.path}.${i}` }));
  if (conditions.length === 0) return sql.raw(String(name === 'and'));
  return sql`(${sql.join(conditions, name === 'and' ? ' and ' : ' or ')})`;
}

// A hidden target reads as null, and is null to a filter.
function referenceConditions(declaration: EntityDeclaration, field: ToOneDeclaration, given: FilterInput, place: Place): Sql[] {
  const { is, ...rest } = given;
  const seen = visibleKey(place.viewer, declaration.entity, field, place.alias);
  const key = column(declaration.entity, field.property, place.alias);
  const conditions = Object.entries(rest).flatMap(([operator, value]) =>
    operators(operator === 'ne' || operator === 'isNull' ? seen : key, 'id', { [operator]: value }, place),
  );
  // The plain key finds its rows by the index; the target is looked at for those rows only.
  if (seen !== key && ('eq' in rest || 'in' in rest)) conditions.push(sql`${seen} is not null`);
  if (is === undefined) return conditions;
  const target = declarationOf(field.target());
  const inner = related(target, is, 'is', place);
  return inner
    ? [...conditions, sql`exists (select 1 ${inner.from} where ${sql.ref(`${inner.alias}.id`)} = ${key} and ${inner.holds})`]
    : conditions;
}

function listConditions(list: ListDeclaration, given: FilterInput, place: Place): Sql[] {
  return Object.entries(given).flatMap(([operator, value]) => {
    if (value === undefined) return [];
    const row = declarationOf(list.of);
    const inner = related(row, value, operator, place);
    if (!inner) return [];
    const { join, key, isSeen } = membershipSql(place.viewer, list, inner.alias);
    const belongs = sql`${key} = ${sql.ref(`${place.alias}.id`)} and ${isSeen}`;
    const exists = sql`exists (select 1 ${inner.from} ${join} where ${belongs} and ${inner.holds})`;
    return [operator === 'none' ? sql`not ${exists}` : exists];
  });
}

/** The visible rows of a related type for which a filter holds. */
function related(
  target: EntityDeclaration,
  filter: unknown,
  operator: string,
  place: Place,
): { alias: string; from: Sql; holds: Sql } | null {
  const path = `${place.path}.${operator}`;
  if (filter === null) place.problems.add(`${path} must not be null`, path);
  else if (place.hops >= mostHops) place.problems.add(`A filter may go through ${mostHops} relations`, path);
  else {
    const alias = `${place.alias}_${place.hops}`;
    const inner = conditionOn(target, filter as FilterInput, { ...place, path, alias, depth: place.depth + 1, hops: place.hops + 1 });
    return {
      alias,
      from: sql`from ${sql.ref(target.table)} as ${sql.ref(alias)}`,
      holds: sql`${visible(place.viewer, target.entity, alias)} and ${inner}`,
    };
  }
  return null;
}

function operators(value: Sql, kind: ColumnDeclaration['kind'], given: FilterInput, { path: at, problems }: Place): Sql[] {
  return Object.entries(given).flatMap(([operator, operand]) => {
    const path = `${at}.${operator}`;
    if (operand === undefined) return [];
    if (operand === null) {
      problems.add(`${path} must not be null; use isNull`, path);
      return [];
    }
    if (operator === 'isNull') return [operand ? sql`${value} is null` : sql`${value} is not null`];
    if (!fits(kind, operand, path, problems)) return [];
    if (operator === 'startsWith') return [sql`${value} like ${`${escaped(operand as string)}%`}`];
    // Collation C knows no letters but those of ASCII; the index of the trigrams is in the default one too.
    if (operator === 'contains') return [sql`${value} collate "default" ilike ${`%${escaped(operand as string)}%`}`];
    if (operator === 'in') return [sql`${value} = any(${operand})`];
    if (operator === 'ne') return [sql`${value} is distinct from ${operand}`];
    return [sql`${value} ${sql.raw(comparisons[operator]!)} ${operand}`];
  });
}

function fits(kind: ColumnDeclaration['kind'], operand: unknown, path: string, problems: Problems): boolean {
  const values = Array.isArray(operand) ? operand : [operand];
  if (values.length > mostValues) problems.add(`${path} takes at most ${mostValues} values`, path);
  else if (values.includes(null)) problems.add(`${path} must not hold null; use isNull`, path);
  else if (kind === 'id' && !values.every((each) => isUuid(String(each).toLowerCase()))) problems.add(`${path} is not an id`, path);
  else return true;
  return false;
}

const escaped = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
