import {
  getNamedType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  isObjectType,
  isInterfaceType,
  isUnionType,
  Kind,
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** For each type, the fields that an operation selects anywhere of it. */
export type Selection = ReadonlyMap<string, ReadonlySet<string>>;

const selections = new WeakMap<OperationDefinitionNode, Selection>();

/** What the operation selects, computed once per parsed document. */
export function selectionOf(info: GraphQLResolveInfo): Selection {
  const known = selections.get(info.operation);
  if (known) return known;
  const selection = new Map<string, Set<string>>();
  const root = info.schema.getRootType(info.operation.operation)!;
  collect(info, info.operation.selectionSet, root, selection, new Set());
  selections.set(info.operation, selection);
  return selection;
}

function collect(
  info: GraphQLResolveInfo,
  set: SelectionSetNode,
  type: GraphQLNamedType,
  into: Map<string, Set<string>>,
  visited: Set<string>,
): void {
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD) {
      for (const name of concreteNames(info, type)) into.set(name, (into.get(name) ?? new Set()).add(node.name.value));
      const field = fieldOf(info.schema, type, node.name.value);
      if (node.selectionSet && field) collect(info, node.selectionSet, getNamedType(field.type), into, visited);
      continue;
    }
    const fragment = node.kind === Kind.FRAGMENT_SPREAD ? info.fragments[node.name.value]! : node;
    const on = fragment.typeCondition ? info.schema.getType(fragment.typeCondition.name.value)! : type;
    const key = node.kind === Kind.FRAGMENT_SPREAD ? `${node.name.value}:${on.name}` : null;
    if (key !== null && visited.has(key)) continue;
    if (key !== null) visited.add(key);
    collect(info, fragment.selectionSet, on, into, visited);
  }
}

const concreteNames = (info: GraphQLResolveInfo, type: GraphQLNamedType): string[] =>
  isInterfaceType(type) || isUnionType(type) ? info.schema.getPossibleTypes(type).map(({ name }) => name) : [type.name];

const selected = new WeakMap<readonly FieldNode[], Map<ReadonlySet<string>, boolean>>();

/** Whether any of the fields is selected of the field that `info` stands at, fragments included. */
export function selects(info: GraphQLResolveInfo, names: ReadonlySet<string>): boolean {
  let ofField = selected.get(info.fieldNodes);
  if (!ofField) selected.set(info.fieldNodes, (ofField = new Map()));
  let known = ofField.get(names);
  if (known === undefined) ofField.set(names, (known = findsAny(info, names)));
  return known;
}

function findsAny(info: GraphQLResolveInfo, names: ReadonlySet<string>): boolean {
  const within = (set: SelectionSetNode | undefined): boolean =>
    set?.selections.some((node) =>
      node.kind === Kind.FIELD
        ? names.has(node.name.value)
        : within(node.kind === Kind.FRAGMENT_SPREAD ? info.fragments[node.name.value]?.selectionSet : node.selectionSet),
    ) ?? false;
  return info.fieldNodes.some((node) => within(node.selectionSet));
}

/** The field of a composite type, the meta fields of introspection included. */
export function fieldOf(schema: GraphQLSchema, type: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}
