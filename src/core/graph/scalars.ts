import { GraphQLScalarType } from 'graphql';
import { GraphQLDateTime, GraphQLJSON, GraphQLSafeInt } from 'graphql-scalars';
import { Float, ID, Int } from 'type-graphql';
import type { ColumnKind } from '#core/database/declare/declaration.js';

/** A time in UTC. Rows hold it as the text that is sent, so that reading makes no `Date` of every value. */
export const DateTime = new GraphQLScalarType({
  ...GraphQLDateTime.toConfig(),
  serialize: (value) => (typeof value === 'string' ? value : (GraphQLDateTime.serialize(value) as Date).toISOString()),
});

/** The GraphQL type of each kind of column. */
export const scalarOf = {
  id: ID,
  string: String,
  int: Int,
  long: GraphQLSafeInt,
  float: Float,
  boolean: Boolean,
  time: DateTime,
  json: GraphQLJSON,
} as const satisfies Record<ColumnKind, unknown>;

export { GraphQLJSON as Json, GraphQLSafeInt as SafeInt };
