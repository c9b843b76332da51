import { Kind, visit, type DocumentNode, type OperationDefinitionNode } from 'graphql';

/** The variables of a subscription that say no more than where its feed begins: those of `after` and `last`, used nowhere else. */
export function startsOf(document: DocumentNode, { selectionSet }: OperationDefinitionNode): ReadonlySet<string> {
  const starts = new Set<string>();
  for (const node of selectionSet.selections)
    for (const { name, value } of node.kind === Kind.FIELD ? (node.arguments ?? []) : [])
      if ((name.value === 'after' || name.value === 'last') && value.kind === Kind.VARIABLE) starts.add(value.name.value);
  const uses = new Map<string, number>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void uses.set(name.value, (uses.get(name.value) ?? 0) + 1),
  });
  return new Set([...starts].filter((name) => uses.get(name) === 1));
}
