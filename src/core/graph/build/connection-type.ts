import { Extensions, Field, Int, ObjectType } from 'type-graphql';
import type { EntityDeclaration } from '#core/database/declare/declaration.js';
import type { Connection } from '../read/connection.js';

/** Where a page stands in its list (Relay cursor connections). */
@ObjectType({ description: 'Where a page stands in its list (Relay cursor connections)', simpleResolvers: true })
class PageInfo {
  @Field(() => Boolean, { description: 'Whether more follow; when paging backward, whether `before` was given' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether more precede; when paging forward, whether `after` was given' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first node; null on an empty page' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last node; null on an empty page' })
  endCursor!: string | null;
}

const countCost = 5;
const built = new WeakMap<object, new () => object>();

/** The connection type of an entity. */
export function connectionType({ entity, name }: EntityDeclaration): new () => object {
  const known = built.get(entity);
  if (known) return known;
  const Edge = class {};
  Field(() => entity as never, { description: 'The object' })(Edge.prototype, 'node');
  Field(() => String, { description: 'Opaque position of this edge; valid with the same order' })(Edge.prototype, 'cursor');
  ObjectType(`${name}Edge`, { description: `A ${name} and its place in a list`, simpleResolvers: true })(Edge);

  const Connection = class {};
  Field(() => [Edge], { description: 'The objects of this page with their cursors' })(Connection.prototype, 'edges');
  Field(() => [entity as never], { description: 'The objects of this page' })(Connection.prototype, 'nodes');
  Field(() => PageInfo, { description: 'Where this page stands in the list' })(Connection.prototype, 'pageInfo');
  Field(() => Int, { description: 'Size of the whole visible, filtered list; counted only when selected' })(
    Connection.prototype,
    'totalCount',
  );
  Extensions({ cost: countCost, resolve: (connection: Connection) => connection.count() })(Connection.prototype, 'totalCount');
  ObjectType(`${name}Connection`, { description: `A page of a list of ${name}`, simpleResolvers: true })(Connection);
  built.set(entity, Connection);
  return Connection;
}
