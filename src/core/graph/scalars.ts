import { GraphQLDateTime, GraphQLJSON, GraphQLSafeInt } from 'graphql-scalars';
import { Float, ID, Int } from 'type-graphql';
import type { ColumnKind } from '#core/database/declare/declaration.js';

/** The GraphQL type of each kind of column. */
export const scalarOf = {
  id: ID,
  string: String,
  int: Int,
  long: GraphQLSafeInt,
  float: Float,
  boolean: Boolean,
  time: GraphQLDateTime,
  json: GraphQLJSON,
} as const satisfies Record<ColumnKind, unknown>;

export { GraphQLDateTime as DateTime, GraphQLJSON as Json, GraphQLSafeInt as SafeInt };
