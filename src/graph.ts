import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { Change } from '#core/feed/change.entity.js';
import { Stream } from '#core/feed/stream.entity.js';
import { buildGraph } from '#core/graph/schema.js';
import { Policies } from '#core/policy/policy.js';
import { domains } from './domains.js';

const declared = domains.flatMap(({ entities = [] }) => entities);

/** The entities that have a declaration: those of the core and of all domains. */
export const declaredEntities = [Change, ...declared];

/** The entities that MikroORM maps. */
export const mappedEntities = [Stream, ...declaredEntities];

let schema: Promise<GraphQLSchema> | null = null;

/** The executable schema of all domains. */
export const graphSchema = (): Promise<GraphQLSchema> =>
  (schema ??= buildGraph({
    entities: declared,
    feeds: domains.flatMap(({ feeds = [] }) => feeds),
    resolvers: domains.flatMap(({ resolvers = [] }) => resolvers),
  }));

/** The policies of all domains. */
export const graphPolicies = (): Policies => new Policies(domains.flatMap(({ policies = [] }) => policies));
