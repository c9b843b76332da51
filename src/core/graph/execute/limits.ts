import {
  GraphQLError,
  Kind,
  type ASTNode,
  type ASTVisitor,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** How many tokens a document may have: parsing stops there. */
export const mostTokens = 5_000;

/** The bounds of a document, checked when it is validated. */
export interface DocumentLimits {
  mostDepth: number;
  mostAliases: number;
}

/** Refuses operations that nest too deeply or rename too many fields; introspection is not counted. */
export const documentLimits =
  ({ mostDepth, mostAliases }: DocumentLimits): ValidationRule =>
  (context): ASTVisitor => {
    let aliases = 0;
    return {
      Field({ alias }) {
        if (alias) aliases += 1;
      },
      OperationDefinition(operation) {
        const depth = depthOf(operation.selectionSet, context, mostDepth, new Map());
        if (depth > mostDepth) report(context, `An operation may nest ${mostDepth} levels of fields`, operation);
      },
      Document: {
        leave(document) {
          if (aliases > mostAliases) report(context, `A document may have ${mostAliases} aliases`, document.definitions[0]!);
        },
      },
    };
  };

const report = (context: ValidationContext, message: string, node: ASTNode): void =>
  context.reportError(new GraphQLError(message, { nodes: node, extensions: { limit: true } }));

// How deep a fragment is does not depend on where it is used; a cycle, which another rule refuses, counts as flat.
function depthOf(set: SelectionSetNode | undefined, context: ValidationContext, most: number, known: Map<string, number>): number {
  let deepest = 0;
  for (const node of set?.selections ?? []) {
    if (node.kind === Kind.FIELD) {
      if (!node.name.value.startsWith('__')) deepest = Math.max(deepest, 1 + depthOf(node.selectionSet, context, most, known));
    } else if (node.kind === Kind.INLINE_FRAGMENT) deepest = Math.max(deepest, depthOf(node.selectionSet, context, most, known));
    else {
      const name = node.name.value;
      if (!known.has(name)) {
        known.set(name, 0);
        known.set(name, depthOf(context.getFragment(name)?.selectionSet, context, most, known));
      }
      deepest = Math.max(deepest, known.get(name)!);
    }
  }
  return deepest;
}
