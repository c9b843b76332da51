import { getArgumentValues, isObjectType, Kind, type FieldNode, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';
import type { EntityDeclaration } from '#core/database/declare/declaration.js';
import type { ConnectionArgs, ListSource } from './list-source.js';

/** A list that an operation selects of every row of another. */
export interface NestedList {
  readonly source: ListSource;
  readonly args: ConnectionArgs;
  readonly info: GraphQLResolveInfo;
}

/** What a list field says of itself in its extensions, so that it can be read before it is asked for. */
export interface ListExtension {
  list?: (args: ConnectionArgs) => ListSource;
}

const wrappers = new Set(['nodes', 'edges', 'node']);
const found = new WeakMap<readonly FieldNode[], readonly FieldNode[] | null>();

/**
 * The first list that is selected of the rows of the connection at `info`, whatever the variables are: it can be read in the statement
 * of the rows. A second one would multiply with it.
 */
export function nestedListOf(declaration: EntityDeclaration, info: GraphQLResolveInfo): NestedList | null {
  const type = info.schema.getType(declaration.name!);
  if (!isObjectType(type)) return null;
  let fieldNodes = found.get(info.fieldNodes);
  if (fieldNodes === undefined) found.set(info.fieldNodes, (fieldNodes = firstList(declaration, info)));
  if (fieldNodes === null) return null;
  const field = type.getFields()[fieldNodes[0]!.name.value]!;
  const { list } = field.extensions as ListExtension;
  if (!list) return null;
  const args = getArgumentValues(field, fieldNodes[0]!, info.variableValues) as ConnectionArgs;
  // A cursor may belong to one parent only.
  if (args.after != null || args.before != null) return null;
  return { source: list(args), args, info: { ...info, fieldNodes } };
}

function firstList({ lists }: EntityDeclaration, { fieldNodes, fragments }: GraphQLResolveInfo): FieldNode[] | null {
  const rows = fieldNodes.flatMap((node) => rowSets(node.selectionSet, fragments));
  const fields = rows.flatMap((set) => fieldsIn(set, fragments));
  const first = fields.find(({ name }) => lists.get(name.value)?.single === false);
  if (!first) return null;
  const key = keyOf(first);
  const same = fields.filter((node) => keyOf(node) === key);
  return same.every(({ directives }) => !directives?.length) ? same : null;
}

const keyOf = ({ alias, name }: FieldNode): string => (alias ?? name).value;

function rowSets(set: SelectionSetNode | undefined, fragments: GraphQLResolveInfo['fragments']): SelectionSetNode[] {
  return fieldsIn(set, fragments).flatMap(({ name, directives, selectionSet }) => {
    if (!wrappers.has(name.value) || directives?.length || !selectionSet) return [];
    return name.value === 'edges' ? rowSets(selectionSet, fragments) : [selectionSet];
  });
}

// A fragment with a directive may be left out: what it selects is not certain.
function fieldsIn(set: SelectionSetNode | undefined, fragments: GraphQLResolveInfo['fragments']): FieldNode[] {
  return (set?.selections ?? []).flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node];
    if (node.directives?.length) return [];
    return fieldsIn(node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : fragments[node.name.value]!.selectionSet, fragments);
  });
}
