import { Int } from 'type-graphql';
import type { EntityClass, EntityDeclaration } from '#core/database/declare/declaration.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { sql, type Sql } from '#core/database/sql.js';
import { sequencedStream } from '#core/feed/streams.js';
import { readConnection } from '../read/connection.js';
import type { ConnectionArgs, ListSource } from '../read/list-source.js';
import { orderedCursor, streamCursor } from '../read/list-cursor.js';
import type { Membership } from '../read/membership.js';
import type { ListExtension } from '../read/nested-list.js';
import { step, totalOrder, type OrderStep } from '../read/order.js';
import { column } from '../read/viewer.js';
import { connectionType } from './connection-type.js';
import type { GeneratedArg, GeneratedField } from './generated-field.js';
import { filterInputOf } from './filter-inputs.js';
import { orderInputOf } from './order-inputs.js';

/** How a list is ordered when nothing else is asked for: a stream in its order, anything else oldest first. */
function defaultOrder({ streams, fields }: EntityDeclaration, by: string | null): { steps: OrderStep[]; stream: string | null } {
  const stream = streams?.find((each) => (each.by ?? null) === by);
  if (stream) return { steps: [step(stream.column)], stream: stream.column };
  return { steps: totalOrder(fields.has('createdAt') ? [step('createdAt')] : []), stream: null };
}

/** The name of the stream that a nested list of a stream's entity shows: the list and its parent. */
export const streamName = ({ table }: EntityDeclaration, parent: string | null): string =>
  parent === null ? sequencedStream : `${table}:${parent}`;

/** What a list field needs besides its entity; a root list has no parent to belong to. */
export interface ListOptions {
  name: string;
  description: string;
  membership?: Membership;
  /** Only the rows for which this holds. */
  where?: Sql;
}

/** Makes a connection field over an entity. */
export function listField(declaration: EntityDeclaration, { name, description, membership, where }: ListOptions): GeneratedField {
  const { entity, table } = declaration;
  const by = membership ? `${membership.link ? `${declarationOf(membership.link.entity).table}.` : ''}${membership.by}` : null;
  const { steps: initial, stream } = defaultOrder(declaration, by);
  const connection = connectionType(declaration);
  const ordered = (steps: readonly OrderStep[]): Pick<ListSource, 'steps' | 'columns' | 'cursor'> => {
    const own = orderedCursor(declaration, steps);
    return {
      steps,
      columns: steps.map(({ property }) => property),
      cursor: (parentId) => (stream ? streamCursor(streamName(declaration, parentId), stream) : own),
    };
  };
  // What has no place in the order of everything yet is in no list, but for those that have an order of their own.
  const place = stream && by ? undefined : declaration.streams?.find((each) => each.by === undefined)?.column;
  const conditions = [...(where ? [where] : []), ...(place ? [sql`${column(entity, place, 't')} is not null`] : [])];
  const source: ListSource = {
    entity,
    name: `${table}.${by ?? ''}.${name}`,
    ...ordered(initial),
    isStream: stream !== null,
    ...(conditions.length > 0 && { where: sql.join(conditions, ' and ') }),
    ...(membership && { membership }),
  };
  const sourceFor = ({ orderBy }: ConnectionArgs): ListSource =>
    orderBy?.length ? { ...source, ...ordered(totalOrder(orderBy.map((each) => asStep(declaration, each)))) } : source;
  return {
    name,
    description: `${description}${stream ? ', in the order of their stream; cursors are those of its feed' : ''}`,
    type: () => connection,
    args: argumentsOf(entity, initial),
    size: 'page',
    extensions: { list: sourceFor } satisfies ListExtension,
    resolve: (row, args: ConnectionArgs, { reader }, info) => {
      return readConnection(reader, sourceFor(args), by === null ? null : row.id, args, info);
    },
  };
}

function asStep({ fields }: EntityDeclaration, { field, direction, nulls }: NonNullable<ConnectionArgs['orderBy']>[number]): OrderStep {
  // Where there are no nulls, an index serves only the place that they have by default.
  const isDefault = nulls == null || !(fields.get(field) as { nullable: boolean }).nullable;
  return step(field, direction === 'DESC', isDefault ? undefined : nulls === 'FIRST');
}

function argumentsOf(entity: EntityClass, initial: readonly OrderStep[]): GeneratedArg[] {
  const filter = filterInputOf(entity);
  const order = orderInputOf(entity);
  const args: GeneratedArg[] = [
    { name: 'first', type: () => Int, description: 'How many from the start, at most 500; 50 when neither first nor last is given' },
    { name: 'after', type: () => String, description: 'Only what comes after this cursor' },
    { name: 'last', type: () => Int, description: 'How many from the end, at most 500' },
    { name: 'before', type: () => String, description: 'Only what comes before this cursor' },
  ];
  if (filter) args.push({ name: 'filter', type: () => filter, description: 'Which of them' });
  const byDefault = initial.map(({ property }) => property).join(', ');
  if (order) args.push({ name: 'orderBy', type: () => [order], description: `Order, the first step first; default: ${byDefault}` });
  return args;
}
