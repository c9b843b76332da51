import { registerEnumType } from 'type-graphql';
import type { EntityClass, EntityDeclaration } from '#core/database/declare/declaration.js';
import { declarationOf, naming } from '#core/database/declare/registry.js';
import { inputClass, type InputClass } from './input-class.js';

/** Direction of one step of an order. */
const OrderDirection = { ASC: 'ASC', DESC: 'DESC' } as const;
registerEnumType(OrderDirection, {
  name: 'OrderDirection',
  description: 'Direction of one step of an order',
  valuesConfig: { ASC: { description: 'Smallest, first or oldest first' }, DESC: { description: 'Largest, last or newest first' } },
});

/** Where what has no value stands in an order. */
const NullsOrder = { FIRST: 'FIRST', LAST: 'LAST' } as const;
registerEnumType(NullsOrder, {
  name: 'NullsOrder',
  description: 'Where objects without a value stand in an order',
  valuesConfig: { FIRST: { description: 'Before all others' }, LAST: { description: 'After all others' } },
});

const inputs = new WeakMap<EntityClass, InputClass | null>();

/** The order input of an entity, or null when it has no column to order by. */
export function orderInputOf(entity: EntityClass): InputClass | null {
  if (!inputs.has(entity)) inputs.set(entity, orderInput(declarationOf(entity)));
  return inputs.get(entity)!;
}

function orderInput({ name, fields, streams }: EntityDeclaration): InputClass | null {
  const columns = [...fields.values()].filter((field) => field.is === 'column' && field.order && !field.hidden);
  if (columns.length === 0 || streams) return null;
  const constant = (property: string): string => naming.propertyToColumnName(property).toUpperCase();
  const values = Object.fromEntries(columns.map(({ property }) => [constant(property), property]));
  registerEnumType(values, {
    name: `${name}OrderField`,
    description: `Columns to order ${name} by`,
    valuesConfig: Object.fromEntries(columns.map(({ property, description }) => [constant(property), { description }])),
  });
  return inputClass(`${name}Order`, `One step of an order of ${name}`, {
    field: { type: () => values, nullable: false, description: 'Column to order by' },
    direction: { type: () => OrderDirection, nullable: false, defaultValue: 'ASC', description: 'Direction' },
    nulls: { type: () => NullsOrder, description: 'Where objects without a value stand; default: last when ASC, first when DESC' },
  });
}
