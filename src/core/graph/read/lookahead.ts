import { Kind, type FieldNode, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';
import type { EntityClass, EntityDeclaration } from '#core/database/declare/declaration.js';
import { declarationOf } from '#core/database/declare/registry.js';

/** A to-one relation that an operation selects of all rows of a list, and what it selects of the targets in turn. */
export interface Reference {
  readonly of: EntityClass;
  readonly property: string;
  readonly target: EntityClass;
  readonly below: readonly Reference[];
}

type Fragments = GraphQLResolveInfo['fragments'];

const known = new WeakMap<readonly FieldNode[], readonly Reference[]>();
const wrappers = new Set(['nodes', 'edges', 'node']);

/**
 * The references to load together with the rows of the connection that `info` stands at, so that each is there when it is asked for:
 * a hundred rows that wait for a promise each cost more than their statement.
 */
export function referencesOfRows(declaration: EntityDeclaration, { fieldNodes, fragments }: GraphQLResolveInfo): readonly Reference[] {
  let references = known.get(fieldNodes);
  if (!references) {
    const rows = fieldNodes.flatMap((node) => rowsOf(node.selectionSet, fragments));
    known.set(fieldNodes, (references = referencesOf(declaration, rows, fragments)));
  }
  return references;
}

function rowsOf(set: SelectionSetNode | undefined, fragments: Fragments): SelectionSetNode[] {
  return certain(set, fragments).flatMap((node) => {
    if (!wrappers.has(node.name.value)) return [];
    return node.name.value === 'edges' ? rowsOf(node.selectionSet, fragments) : [node.selectionSet!];
  });
}

function referencesOf(declaration: EntityDeclaration, sets: readonly SelectionSetNode[], fragments: Fragments): Reference[] {
  const selected = new Map<string, SelectionSetNode[]>();
  for (const node of sets.flatMap((set) => certain(set, fragments))) {
    const { value } = node.name;
    if (declaration.fields.get(value)?.is === 'toOne') selected.set(value, [...(selected.get(value) ?? []), node.selectionSet!]);
  }
  return [...selected].map(([property, below]) => {
    const target = (declaration.fields.get(property) as { target: () => EntityClass }).target();
    return { of: declaration.entity, property, target, below: referencesOf(declarationOf(target), below, fragments) };
  });
}

/** The fields that a selection has under whatever variables. */
function certain(set: SelectionSetNode | undefined, fragments: Fragments): FieldNode[] {
  return (set?.selections ?? []).flatMap((node) => {
    if (node.directives?.length) return [];
    if (node.kind === Kind.FIELD) return [node];
    return certain(node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : fragments[node.name.value]!.selectionSet, fragments);
  });
}
