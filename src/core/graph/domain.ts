import type { EntityClass } from '#core/database/declare/declaration.js';
import type { Policy } from '#core/policy/policy.js';
import type { FeedDeclaration } from './feed.js';

/** What a domain consists of. */
export interface Domain {
  readonly name: string;
  readonly entities?: readonly EntityClass[];
  readonly policies?: readonly Policy[];
  readonly feeds?: readonly FeedDeclaration[];
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type
  readonly resolvers?: readonly Function[];
}
