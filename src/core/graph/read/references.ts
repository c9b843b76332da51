import { isObjectType, Kind, type FieldNode, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';
import { declarationOf } from '#core/database/declare/registry.js';
import type { EntityDeclaration, ToOneDeclaration } from '#core/database/declare/declaration.js';

/** A to-one relation that an operation selects of rows, and those that it selects of their targets in turn. */
export interface Reference {
  readonly property: string;
  readonly target: EntityDeclaration;
  readonly below: readonly Reference[];
}

const wrappers = new Set(['nodes', 'edges', 'node', 'items']);

/** The to-one relations that the field at `info` selects of rows of a type, be they its value or inside a connection or page of it. */
export function referencesOf(declaration: EntityDeclaration, info: GraphQLResolveInfo): Reference[] {
  const sets = info.fieldNodes.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : []));
  return referencesIn(declaration, rowSets(declaration, sets, info), info);
}

// A connection's or page's type is none of an entity: what is selected of it leads to the rows.
function rowSets(declaration: EntityDeclaration, sets: readonly SelectionSetNode[], info: GraphQLResolveInfo): SelectionSetNode[] {
  return sets.flatMap((set) => {
    const inner = fieldsIn(set, declaration, info).filter(({ name }) => wrappers.has(name.value) && !declaration.lists.has(name.value));
    return [
      set,
      ...rowSets(
        declaration,
        inner.flatMap(({ selectionSet }) => (selectionSet ? [selectionSet] : [])),
        info,
      ),
    ];
  });
}

function referencesIn(declaration: EntityDeclaration, sets: readonly SelectionSetNode[], info: GraphQLResolveInfo): Reference[] {
  const selected = new Map<ToOneDeclaration, SelectionSetNode[]>();
  for (const { name, selectionSet } of sets.flatMap((set) => fieldsIn(set, declaration, info))) {
    const field = declaration.fields.get(name.value);
    if (field?.is === 'toOne') selected.set(field, [...(selected.get(field) ?? []), selectionSet!]);
  }
  return [...selected].map(([{ property, target }, below]) => {
    const declared = declarationOf(target());
    return { property, target: declared, below: referencesIn(declared, below, info) };
  });
}

// Whatever the variables are: what a directive leaves out has been read for nothing, and nothing has to be asked again.
function fieldsIn(set: SelectionSetNode, declaration: EntityDeclaration, info: GraphQLResolveInfo): FieldNode[] {
  return set.selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node];
    const { typeCondition, selectionSet } = node.kind === Kind.INLINE_FRAGMENT ? node : info.fragments[node.name.value]!;
    const on = typeCondition?.name.value;
    const isOther = on !== undefined && on !== declaration.name && isEntity(on, info);
    return isOther ? [] : fieldsIn(selectionSet, declaration, info);
  });
}

// A condition on Node, or on a connection, lets rows of every type through.
const isEntity = (name: string, { schema }: GraphQLResolveInfo): boolean => {
  const type = schema.getType(name);
  return isObjectType(type) && type.getInterfaces().length > 0;
};
