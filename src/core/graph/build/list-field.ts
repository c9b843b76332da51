import { Int } from 'type-graphql';
import { sql } from 'kysely';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass, EntityDeclaration } from '#core/database/declare/declaration.js';
import { sequencedStream } from '#core/feed/streams.js';
import { readConnection, type ConnectionArgs, type ListSource } from '../read/connection.js';
import { orderedCursor, streamCursor } from '../read/list-cursor.js';
import { totalOrder, type OrderStep } from '../read/order.js';
import { connectionType } from './connection-type.js';
import type { GeneratedArg, GeneratedField } from './generated-field.js';
import { filterInput, orderInput } from './list-inputs.js';

/** The inputs of an entity's lists. */
export interface ListInputs {
  filter: (new () => object) | null;
  order: (new () => object) | null;
}

const inputs = new WeakMap<EntityClass, ListInputs>();
const inputsOf = (declaration: EntityDeclaration): ListInputs => {
  const known = inputs.get(declaration.entity) ?? { filter: filterInput(declaration), order: orderInput(declaration) };
  inputs.set(declaration.entity, known);
  return known;
};

/** The filter input of an entity; null when nothing of it may be filtered by. */
export const filterInputOf = (entity: EntityClass): (new () => object) | null => inputsOf(declarationOf(entity)).filter;

const hasColumn = (declaration: EntityDeclaration, property: string): boolean => declaration.fields.has(property);

/** How a list is ordered when nothing else is asked for: a stream in its order, anything else oldest first. */
function defaultOrder(declaration: EntityDeclaration, by: string | null): { steps: OrderStep[]; stream: string | null } {
  const stream = declaration.streams?.find((each) => (each.by ?? null) === by);
  if (stream) return { steps: [{ property: stream.column, isDescending: false }], stream: stream.column };
  return { steps: totalOrder(hasColumn(declaration, 'createdAt') ? [{ property: 'createdAt', isDescending: false }] : []), stream: null };
}

/** The name of the stream that a nested list of a stream's entity shows: the list and its parent. */
export const streamName = (declaration: EntityDeclaration, parent: string | null): string =>
  parent === null ? sequencedStream : `${declaration.table}:${parent}`;

/** What a list field needs besides its entity. */
export interface ListOptions {
  name: string;
  description: string;
  /** Relation through which the rows belong to their parent; null for a root list. */
  by: string | null;
  parent?: ListSource['parent'];
}

/** Makes a connection field over an entity. */
export function listField(declaration: EntityDeclaration, { name, description, by, parent }: ListOptions): GeneratedField {
  const { filter, order } = inputsOf(declaration);
  const connection = connectionType(declaration);
  const { steps: initial, stream } = defaultOrder(declaration, by);
  const page: GeneratedArg[] = [
    { name: 'first', type: () => Int, description: 'How many from the start, at most 500; 50 when neither first nor last is given' },
    { name: 'after', type: () => String, description: 'Cursor after which to start (exclusive)' },
    { name: 'last', type: () => Int, description: 'How many from the end, at most 500' },
    { name: 'before', type: () => String, description: 'Cursor before which to end (exclusive)' },
  ];
  if (filter) page.push({ name: 'filter', type: () => filter, description: 'Which of them' });
  if (order)
    page.push({
      name: 'orderBy',
      type: () => [order],
      description: `Order; default: ${initial.map(({ property }) => property).join(', ')}`,
    });
  return {
    name,
    description: `${description}${stream ? ', in the order of their stream; cursors are those of its feed' : ''}`,
    type: () => connection,
    args: page,
    resolve: (row, args: ConnectionArgs, { reader }, info) => {
      const steps = args.orderBy?.length
        ? totalOrder(args.orderBy.map(({ field, direction }) => ({ property: field, isDescending: direction === 'DESC' })))
        : initial;
      const source: ListSource = {
        entity: declaration.entity,
        name: `${declaration.table}.${by ?? ''}.${name}`,
        steps,
        cursor: (parentId) => (stream ? streamCursor(streamName(declaration, parentId), stream) : orderedCursor(declaration, steps)),
        ...(stream && !by && { where: sql`${sql.ref(`t.${reader.columnsOf(declaration.entity)(stream)}`)} is not null` }),
        ...(parent && { parent }),
      };
      return readConnection(reader, source, by === null ? null : row.id, args, info);
    },
  };
}
