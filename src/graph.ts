import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { addRelation } from '#core/database/declare/relation.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { AuditSeal } from '#core/feed/audit-seal.entity.js';
import type { SealedColumn } from '#core/database/sealed-column.js';
import { Change } from '#core/feed/change.entity.js';
import { Stream } from '#core/feed/stream.entity.js';
import type { Domain } from '#core/graph/domain.js';
import type { CodeFollower } from '#core/jobs/code-followers.js';
import type { JobFollower } from '#core/jobs/job-followers.js';
import type { OwnOperation } from '#core/jobs/own-operation.js';
import { graphSettings } from '#core/graph/graph.settings.js';
import { limitSettings } from '#core/graph/limit.settings.js';
import { buildGraph } from '#core/graph/schema.js';
import { Policies } from '#core/policy/policy.js';
import type { SettingDeclaration } from '#core/settings/setting.js';

/** Everything that some domains make up together. */
export interface Graph {
  /** The entities that have a declaration: those of the core and of all domains. */
  readonly declared: readonly EntityClass[];
  /** The entities that MikroORM maps. */
  readonly mapped: readonly EntityClass[];
  readonly policies: Policies;
  /** The operations that the domains carry out themselves. */
  readonly operations: readonly OwnOperation[];
  /** What moves with jobs. */
  readonly followers: readonly JobFollower[];
  /** What stands or falls with the code of operations. */
  readonly codeFollowers: readonly CodeFollower[];
  /** What people can set: how the graph shows itself, the limits, and what the domains declare. */
  readonly settings: readonly SettingDeclaration[];
  /** Where the domains keep sealed texts. */
  readonly sealed: readonly SealedColumn[];
  /** What the domains put among the services of each process. */
  readonly services: readonly object[];
  /** Builds the executable schema, once per process. */
  schema(): Promise<GraphQLSchema>;
}

/** Puts domains together; the relations that they add to each other's entities are made here, so it is done once per process. */
export function composeGraph(domains: readonly Domain[]): Graph {
  const all = <Part>(partsOf: (domain: Domain) => readonly Part[] | undefined): Part[] =>
    domains.flatMap((domain) => partsOf(domain) ?? []);
  for (const relation of all(({ relations }) => relations)) addRelation(relation);
  const entities = all((domain) => domain.entities);
  const declared = [...new Set([Change, AuditSeal, ...entities])];
  const policies = new Policies(all((domain) => domain.policies));
  let schema: Promise<GraphQLSchema> | null = null;
  return {
    declared,
    mapped: [Stream, ...declared],
    policies,
    operations: all((domain) => domain.operations),
    followers: all((domain) => domain.followers),
    codeFollowers: all((domain) => domain.codeFollowers),
    settings: [...graphSettings, ...limitSettings, ...all((domain) => domain.settings)],
    sealed: all((domain) => domain.sealed),
    services: all((domain) => domain.services),
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
