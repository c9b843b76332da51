import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import { sql, type Sql } from '#core/database/sql.js';
import type { Actor } from './actor.js';

/** Which rows: all, none, or those for which an SQL condition holds. */
export type Predicate = boolean | Sql;

/** Which rows of a type an actor sees; `alias` names the row's table in the statement. */
export type Visibility = (actor: Actor, alias: string, policies: Policies) => Predicate;

/** The policy of one type: who sees which rows, and of which rows they see the columns that not everybody may see. */
export interface Policy {
  readonly entity: EntityClass;
  readonly visible: Visibility;
  readonly columns: Readonly<Record<string, Visibility>>;
  /** Whether it only takes away from what the type's own policy shows. */
  readonly isNarrowing?: boolean;
}

/** States who sees which rows of a type; a property in `columns` reads as null where its own rule does not hold. */
export const policy = (entity: EntityClass, visible: Visibility, columns: Readonly<Record<string, Visibility>> = {}): Policy => ({
  entity,
  visible,
  columns,
});

/** States for a type of a domain below which of its rows fewer see: a row is seen where this holds beside the type's own policy. */
export const narrowing = (entity: EntityClass, visible: Visibility): Policy => ({ entity, visible, columns: {}, isNarrowing: true });

/** All policies; a type without one is visible to nobody. */
export class Policies {
  readonly #policies: Map<EntityClass, Policy>;

  constructor(readonly stated: readonly Policy[]) {
    this.#policies = new Map(stated.filter(({ isNarrowing }) => !isNarrowing).map((each) => [each.entity, each]));
    for (const { entity, visible } of stated.filter(({ isNarrowing }) => isNarrowing)) {
      const wide = this.#policies.get(entity);
      if (wide) this.#policies.set(entity, { ...wide, visible: bothOf(wide.visible, visible) });
    }
  }

  /** Whether the type has a policy. */
  states(entity: EntityClass): boolean {
    return this.#policies.has(entity);
  }

  /** Whether only some may see the property, of the rows that they see. */
  restricts(entity: EntityClass, property: string): boolean {
    return this.#ruleOf(entity, property) !== undefined;
  }

  /** The rows of the type that the actor sees. */
  visible(entity: EntityClass, actor: Actor, alias: string): Predicate {
    return this.#policies.get(entity)?.visible(actor, alias, this) ?? false;
  }

  /** The rows of which the actor sees this property, among those that the actor sees. */
  visibleColumn(entity: EntityClass, property: string, actor: Actor, alias: string): Predicate {
    return this.#ruleOf(entity, property)?.(actor, alias, this) ?? true;
  }

  // A relation that was declared from above shows what its plain id shows.
  #ruleOf(entity: EntityClass, property: string): Visibility | undefined {
    const columns = this.#policies.get(entity)?.columns;
    if (!columns) return undefined;
    const field = declarationOf(entity).fields.get(property);
    return columns[property] ?? (field?.is === 'toOne' && field.key !== undefined ? columns[field.key] : undefined);
  }
}

const bothOf =
  (one: Visibility, other: Visibility): Visibility =>
  (...about) => {
    const [a, b] = [one(...about), other(...about)];
    if (typeof a === 'boolean') return a && b;
    if (typeof b === 'boolean') return b && a;
    return sql`(${a}) and (${b})`;
  };

/** A predicate as an SQL condition. */
export const conditionOf = (predicate: Predicate): Sql => (typeof predicate === 'boolean' ? sql.raw(String(predicate)) : predicate);

/** Rows are visible as far as the row is that their to-one column points at. */
export const visibleThrough =
  (target: () => EntityClass, column: string): Visibility =>
  (actor, alias, policies) => {
    // PostgreSQL cuts long names, and a name that is cut to an outer one would mean that.
    const inner = `${alias}_v`;
    const predicate = policies.visible(target(), actor, inner);
    if (typeof predicate === 'boolean') return predicate;
    const { table } = declarationOf(target());
    return sql`exists (select 1 from ${sql.ref(table)} as ${sql.ref(inner)} where ${sql.ref(`${inner}.id`)} = ${sql.ref(`${alias}.${column}`)} and ${predicate})`;
  };
