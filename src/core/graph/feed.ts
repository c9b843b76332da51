import type { EntityClass } from '#core/database/declare/declaration.js';

/** A subscription over a stream: of one subject (a job's log), or, without one, over everything visible. */
export interface FeedDeclaration {
  readonly name: string;
  readonly item: EntityClass;
  readonly description: string;
  /** The argument that names the subject, and the subject's type; the item's relation to it is the stream's. */
  readonly subject?: { readonly arg: string; readonly of: EntityClass };
}

/** Declares a feed. */
export const feed = (declaration: FeedDeclaration): FeedDeclaration => declaration;
