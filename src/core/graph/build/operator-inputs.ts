import { Float, ID, Int } from 'type-graphql';
import type { ColumnDeclaration, ColumnKind, EnumDeclaration } from '#core/database/declare/declaration.js';
import { DateTime, SafeInt } from '../scalars.js';
import { enumType } from './enum-types.js';
import { inputClass, type InputClass } from './input-class.js';

type Operators = Record<string, () => unknown>;

const operatorTexts: Record<string, string> = {
  eq: 'Is this value',
  ne: 'Is not this value',
  in: 'Is one of these values, at most 500',
  lt: 'Is less than this',
  lte: 'Is at most this',
  gt: 'Is greater than this',
  gte: 'Is at least this',
  startsWith: 'Starts with this text, case-sensitive',
  contains: 'Contains this text, in whatever case',
  isNull: 'Is null, or with false: is not null',
};

const operatorInput = (name: string, of: string, operators: Operators): InputClass =>
  inputClass(
    name,
    `Conditions on ${of}; several given ones must all hold`,
    Object.fromEntries(Object.entries(operators).map(([operator, type]) => [operator, { type, description: operatorTexts[operator]! }])),
  );

/** The operators that need no more than equality. */
export const equality = (type: () => unknown): Operators => ({ eq: type, ne: type, in: () => [type()], isNull: () => Boolean });
const comparison = (type: () => unknown): Operators => ({ ...equality(type), lt: type, lte: type, gt: type, gte: type });
const text: Operators = { ...comparison(() => String), startsWith: () => String };

const scalarFilters: Partial<Record<ColumnKind, InputClass>> = {
  id: operatorInput(
    'IDFilter',
    'an id',
    equality(() => ID),
  ),
  string: operatorInput('StringFilter', 'a text', text),
  int: operatorInput(
    'IntFilter',
    'a whole number',
    comparison(() => Int),
  ),
  long: operatorInput(
    'SafeIntFilter',
    'a whole number up to 2^53',
    comparison(() => SafeInt),
  ),
  float: operatorInput(
    'FloatFilter',
    'a number',
    comparison(() => Float),
  ),
  boolean: operatorInput('BooleanFilter', 'a truth value', { eq: () => Boolean, ne: () => Boolean, isNull: () => Boolean }),
  time: operatorInput(
    'DateTimeFilter',
    'a time',
    comparison(() => DateTime),
  ),
};
const contains: Operators = { contains: () => String };
const stringSearchFilter = operatorInput('StringSearchFilter', 'a text that can be searched', { ...text, ...contains });
// The trigrams of a text know nothing of its place in an order.
const searchFilter = operatorInput('SearchFilter', 'a text that can only be searched', {
  ...equality(() => String),
  startsWith: () => String,
  ...contains,
});
const enumFilters = new WeakMap<EnumDeclaration, InputClass>();

function enumFilter(declaration: EnumDeclaration): InputClass {
  const type = enumType(declaration);
  const filter =
    enumFilters.get(declaration) ??
    operatorInput(
      `${declaration.name}Filter`,
      `a value of ${declaration.name}`,
      equality(() => type),
    );
  enumFilters.set(declaration, filter);
  return filter;
}

/** The operators on a column; null for a kind that cannot be compared. */
export function operatorsOf(column: Pick<ColumnDeclaration, 'kind' | 'enum' | 'search' | 'filter'>): InputClass | null {
  if (column.enum) return enumFilter(column.enum);
  if (column.search) return column.filter ? stringSearchFilter : searchFilter;
  return scalarFilters[column.kind] ?? null;
}
