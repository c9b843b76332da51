import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { addRelation } from '#core/database/declare/relation.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { Change } from '#core/feed/change.entity.js';
import { Stream } from '#core/feed/stream.entity.js';
import type { Domain } from '#core/graph/domain.js';
import type { OwnOperation } from '#core/jobs/own-operation.js';
import { buildGraph } from '#core/graph/schema.js';
import { Policies } from '#core/policy/policy.js';

/** Everything that some domains make up together. */
export interface Graph {
  /** The entities that have a declaration: those of the core and of all domains. */
  readonly declared: readonly EntityClass[];
  /** The entities that MikroORM maps. */
  readonly mapped: readonly EntityClass[];
  readonly policies: Policies;
  /** The operations that the domains carry out themselves. */
  readonly operations: readonly OwnOperation[];
  /** Builds the executable schema, once per process. */
  schema(): Promise<GraphQLSchema>;
}

/** Puts domains together; the relations that they add to each other's entities are made here, so it is done once per process. */
export function composeGraph(domains: readonly Domain[]): Graph {
  const all = <Part>(partsOf: (domain: Domain) => readonly Part[] | undefined): Part[] =>
    domains.flatMap((domain) => partsOf(domain) ?? []);
  for (const relation of all(({ relations }) => relations)) addRelation(relation);
  const entities = all((domain) => domain.entities);
  const declared = [Change, ...entities];
  const policies = new Policies(all((domain) => domain.policies));
  let schema: Promise<GraphQLSchema> | null = null;
  return {
    declared,
    mapped: [Stream, ...declared],
    policies,
    operations: all((domain) => domain.operations),
    schema: () =>
      (schema ??= buildGraph({
        entities,
        policies,
        derived: all((domain) => domain.derived),
        feeds: all((domain) => domain.feeds),
        resolvers: all((domain) => domain.resolvers),
      })),
  };
}
