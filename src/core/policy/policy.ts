import { sql, type RawBuilder } from 'kysely';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import type { Actor } from './actor.js';

/** Which rows: all, none, or those for which an SQL condition holds. */
export type Predicate = true | false | RawBuilder<unknown>;

/** Which rows of a type an actor sees; `alias` names the row's table in the statement. */
export type Visibility = (actor: Actor, alias: string, policies: Policies) => Predicate;

/** The policy of one type. */
export interface Policy {
  readonly entity: EntityClass;
  readonly visible: Visibility;
}

/** States who sees which rows of a type. */
export const policy = (entity: EntityClass, visible: Visibility): Policy => ({ entity, visible });

/** All policies; a type without one is visible to nobody. */
export class Policies {
  readonly #visible: Map<EntityClass, Visibility>;

  constructor(policies: readonly Policy[]) {
    this.#visible = new Map(policies.map(({ entity, visible }) => [entity, visible]));
  }

  /** Whether the type has a policy. */
  states(entity: EntityClass): boolean {
    return this.#visible.has(entity);
  }

  /** The rows of the type that the actor sees. */
  visible(entity: EntityClass, actor: Actor, alias: string): Predicate {
    return this.#visible.get(entity)?.(actor, alias, this) ?? false;
  }

  /** The same as an SQL condition. */
  condition(entity: EntityClass, actor: Actor, alias: string): RawBuilder<unknown> {
    const predicate = this.visible(entity, actor, alias);
    return typeof predicate === 'boolean' ? sql`${sql.lit(predicate)}` : predicate;
  }
}

/** Rows are visible as far as the row is that their to-one column points at. */
export const visibleThrough =
  (target: () => EntityClass, column: string): Visibility =>
  (actor, alias, policies) => {
    const inner = `${alias}_${column}`;
    const predicate = policies.visible(target(), actor, inner);
    if (typeof predicate === 'boolean') return predicate;
    const { table } = declarationOf(target());
    return sql`exists (select 1 from ${sql.table(table)} as ${sql.ref(inner)} where ${sql.ref(`${inner}.id`)} = ${sql.ref(`${alias}.${column}`)} and ${predicate})`;
  };
