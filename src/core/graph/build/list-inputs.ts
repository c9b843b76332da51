import { Field, ID, InputType, Int, registerEnumType, Float } from 'type-graphql';
import type { ColumnKind, EntityDeclaration, EnumDeclaration } from '#core/database/declare/declaration.js';
import { DateTime, SafeInt } from '../scalars.js';
import { enumType } from './enum-types.js';

/** Direction of one step of an order. */
const OrderDirection = { ASC: 'ASC', DESC: 'DESC' } as const;
registerEnumType(OrderDirection, {
  name: 'OrderDirection',
  description: 'Direction of one step of an order',
  valuesConfig: { ASC: { description: 'Smallest, first or oldest first' }, DESC: { description: 'Largest, last or newest first' } },
});

type InputClass = new () => object;
type Operators = Record<string, () => unknown>;

/** Makes an input class with these fields. */
function inputClass(
  name: string,
  description: string,
  fields: Record<string, { type: () => unknown; description: string; nullable?: boolean; defaultValue?: unknown }>,
): InputClass {
  const generated = { [name]: class {} }[name]!;
  for (const [field, { type, nullable = true, ...options }] of Object.entries(fields))
    Field(type as never, { nullable, ...options })(generated.prototype as object, field);
  InputType(name, { description })(generated);
  return generated;
}

const operatorTexts: Record<string, string> = {
  eq: 'Is this value',
  ne: 'Is not this value',
  in: 'Is one of these values, at most 500',
  lt: 'Is less than this',
  lte: 'Is at most this',
  gt: 'Is greater than this',
  gte: 'Is at least this',
  startsWith: 'Starts with this text, case-sensitive',
  isNull: 'Is null, or with false: is not null',
};
const operatorInput = (name: string, of: string, operators: Operators): InputClass =>
  inputClass(
    name,
    `Conditions on ${of}; several given ones must all hold`,
    Object.fromEntries(Object.entries(operators).map(([operator, type]) => [operator, { type, description: operatorTexts[operator]! }])),
  );

const equality = (type: () => unknown): Operators => ({ eq: type, ne: type, in: () => [type()], isNull: () => Boolean });
const comparison = (type: () => unknown): Operators => ({ ...equality(type), lt: type, lte: type, gt: type, gte: type });

const scalarFilters: Partial<Record<ColumnKind, InputClass>> = {
  id: operatorInput(
    'IDFilter',
    'an id',
    equality(() => ID),
  ),
  string: operatorInput('StringFilter', 'a text', { ...comparison(() => String), startsWith: () => String }),
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

/** The filter input of an entity, or null when nothing of it may be filtered by. */
export function filterInput(declaration: EntityDeclaration): InputClass | null {
  const fields: Record<string, { type: () => unknown; description: string }> = {};
  for (const field of declaration.fields.values()) {
    if (field.is === 'computed' || !field.filter || (field.is === 'column' && field.hidden)) continue;
    const type = field.is === 'toOne' ? scalarFilters.id! : field.enum ? enumFilter(field.enum) : scalarFilters[field.kind]!;
    fields[field.property] = { type: () => type, description: field.is === 'toOne' ? `Id of: ${field.description}` : field.description };
  }
  if (Object.keys(fields).length === 0) return null;
  const name = `${declaration.name}Filter`;
  const own = inputClass(name, `Conditions on a ${declaration.name}; several given ones must all hold`, fields);
  for (const [combinator, type, description] of [
    ['and', () => [own], 'All of these hold'],
    ['or', () => [own], 'At least one of these holds'],
    ['not', () => own, 'This does not hold'],
  ] as const)
    Field(type as never, { nullable: true, description })(own.prototype as object, combinator);
  return own;
}

/** The order input of an entity, or null when it has no column to order by. */
export function orderInput(declaration: EntityDeclaration): InputClass | null {
  const columns = [...declaration.fields.values()].filter((field) => field.is === 'column' && field.order && !field.hidden);
  if (columns.length === 0 || declaration.streams) return null;
  const fields = Object.fromEntries(columns.map(({ property }) => [property, property]));
  registerEnumType(fields, {
    name: `${declaration.name}OrderField`,
    description: `Columns to order ${declaration.name} by`,
    valuesConfig: Object.fromEntries(columns.map(({ property, description }) => [property, { description }])),
  });
  return inputClass(`${declaration.name}Order`, `One step of an order of ${declaration.name}`, {
    field: { type: () => fields, nullable: false, description: 'Column to order by' },
    direction: { type: () => OrderDirection, nullable: false, defaultValue: 'ASC', description: 'Direction' },
  });
}
