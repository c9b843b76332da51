import type { EntityClass } from '#core/database/declare/declaration.js';
import type { Sql } from '#core/database/sql.js';
import type { FilterInput } from './filter.js';
import type { ListCursor } from './list-cursor.js';
import type { Membership } from './membership.js';
import type { OrderStep } from './order.js';

/** The arguments of a connection. */
export interface ConnectionArgs {
  first?: number | null;
  after?: string | null;
  last?: number | null;
  before?: string | null;
  filter?: FilterInput | null;
  orderBy?: { field: string; direction: 'ASC' | 'DESC'; nulls?: 'FIRST' | 'LAST' | null }[] | null;
}

/** Which rows a list holds: all visible ones, or those that belong to a parent. */
export interface ListSource {
  readonly entity: EntityClass;
  /** Distinguishes the list among those of the operation. */
  readonly name: string;
  /** The order that was asked for, or the list's own, and its columns. */
  readonly steps: readonly OrderStep[];
  readonly columns: readonly string[];
  readonly cursor: (parent: string | null) => ListCursor;
  /** Whether cursors are a stream's, and name the parent. */
  readonly isStream: boolean;
  /** Rows that are not in the list yet, such as those without a position. */
  readonly where?: Sql;
  /** How the rows of a nested list belong to their parents. */
  readonly membership?: Membership;
}
