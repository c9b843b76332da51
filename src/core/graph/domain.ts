import type { EntityClass } from '#core/database/declare/declaration.js';
import type { RelationDeclaration } from '#core/database/declare/relation.js';
import type { OwnOperation } from '#core/jobs/own-operation.js';
import type { Policy } from '#core/policy/policy.js';
import type { DerivedDeclaration } from './derived.js';
import type { FeedDeclaration } from './feed.js';

/** What a domain consists of. */
export interface Domain {
  readonly name: string;
  readonly entities?: readonly EntityClass[];
  /** Relations of other domains' entities to its own. */
  readonly relations?: readonly RelationDeclaration[];
  readonly derived?: readonly DerivedDeclaration[];
  readonly policies?: readonly Policy[];
  readonly feeds?: readonly FeedDeclaration[];
  /** Operations of its own, which the worker carries out in its process. */
  readonly operations?: readonly OwnOperation[];
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
  readonly resolvers?: readonly Function[];
}
