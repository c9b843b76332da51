import { isObjectType, visit, type GraphQLResolveInfo } from 'graphql';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityClass } from '#core/database/declare/declaration.js';
import type { Actor } from '#core/policy/actor.js';
import { conditionOf, type Policies, type Predicate } from '#core/policy/policy.js';
import { selectionOf } from './selection.js';

/**
 * What an actor's rights come to for these types: two actors with the same key see the same of them. The actor's id is in it only where
 * a policy depends on it.
 */
export function rightsKey(policies: Policies, actor: Actor, entities: readonly EntityClass[]): string {
  const textOf = (rule: Predicate): unknown => (typeof rule === 'boolean' ? rule : [conditionOf(rule).text, rule.values]);
  return JSON.stringify(
    entities.map((entity) => {
      const restricted = [...declarationOf(entity).fields.keys()].filter((property) => policies.restricts(entity, property));
      const columns = restricted.map((property) => policies.visibleColumn(entity, property, actor, 't'));
      return [policies.visible(entity, actor, 't'), ...columns].map(textOf);
    }),
  );
}

const related = new Set(['is', 'some', 'none']);
const read = new WeakMap<object, readonly EntityClass[] | null>();

/**
 * The types whose policies decide what an operation shows, or null when something else may decide it too: a field with a resolver of its
 * own, or a condition on what is related.
 */
export function entitiesOf(info: GraphQLResolveInfo): readonly EntityClass[] | null {
  if (isRelatedAsked(info)) return null;
  let entities = read.get(info.operation);
  if (entities === undefined) read.set(info.operation, (entities = findEntities(info)));
  return entities;
}

function findEntities(info: GraphQLResolveInfo): readonly EntityClass[] | null {
  const entities = new Set<EntityClass>();
  const root = info.schema.getSubscriptionType();
  for (const [name, fields] of selectionOf(info)) {
    const type = info.schema.getType(name);
    if (!isObjectType(type) || type === root) continue;
    const { entity } = type.extensions as { entity?: EntityClass };
    if (entity) for (const each of [entity, ...behindLists(entity, fields)]) entities.add(each);
    for (const each of fields) {
      const field = type.getFields()[each];
      if (field?.resolve && (!field.extensions.resolve || field.extensions.isDerived)) return null;
    }
  }
  return hasRelatedLiteral(info) ? null : [...entities];
}

// A list asks the policies of its rows also when only their number is selected, those of the link to them, and its filter those of what
// they point at.
function behindLists(entity: EntityClass, selected: Iterable<string>): EntityClass[] {
  const lists = [...selected].flatMap((name) => declarationOf(entity).lists.get(name) ?? []);
  return lists.flatMap(({ of, link }) => [of, ...targetsOf(of), ...(link ? [link.entity] : [])]);
}

/** The types that a type's relations point at: filters ask these for their policies as well. */
export const targetsOf = (entity: EntityClass): EntityClass[] =>
  [...declarationOf(entity).fields.values()].flatMap((field) => (field.is === 'toOne' ? [field.target()] : []));

// Such a condition asks the policies of types that are nowhere selected.
function hasRelatedLiteral({ operation, fragments }: GraphQLResolveInfo): boolean {
  let found = false;
  for (const definition of [operation, ...Object.values(fragments)])
    visit(definition, {
      ObjectField({ name: { value } }) {
        found ||= related.has(value);
      },
    });
  return found;
}

// Of each caller anew: variables are theirs.
const isRelatedAsked = ({ variableValues }: GraphQLResolveInfo): boolean => /"(?:is|some|none)":/.test(JSON.stringify(variableValues));
