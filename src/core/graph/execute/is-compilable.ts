import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  Kind,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { fieldOf } from '../selection.js';

const mostFields = 3_000;

/**
 * Whether graphql-jit 0.8 compiles this operation to what graphql-js would do. Of a mutation it runs the second field after the first
 * has failed; it writes literal arguments into code in a way that texts with its own marks break out of; it names what it knows of a
 * field by the joined path; and it writes every field of every possible type once per place.
 */
export function isCompilable(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): boolean {
  if (operation.operation === 'mutation' || !schema.getType('JSON')) return false;
  return !hasMark(document) && hasDistinctPaths(schema, document, operation);
}

function hasMark(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    StringValue({ value }) {
      if (value.includes('__MAGIC_')) found = true;
    },
    Name({ value }) {
      if (value === '__proto__') found = true;
    },
  });
  return found;
}

function hasDistinctPaths(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): boolean {
  const fragments = fragmentsOf(document);
  const paths = new Map<string, string>();
  let fields = 0;

  function walk(set: SelectionSetNode, type: GraphQLNamedType, name: string, path: string, depth: number): boolean {
    return set.selections.every((node) => {
      if ((fields += 1) > mostFields) return false;
      if (node.kind !== Kind.FIELD) {
        const { typeCondition, selectionSet } = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value]!;
        return walk(selectionSet, typeCondition ? schema.getType(typeCondition.name.value)! : type, name, path, depth);
      }
      const field = fieldOf(schema, type, node.name.value);
      if (!field) return true;
      const key = (node.alias ?? node.name).value;
      const [ownName, ownPath] = [`${key}_${name}`, `${path}.${key}`];
      if ((paths.get(ownName) ?? ownPath) !== ownPath) return false;
      paths.set(ownName, ownPath);
      if (!node.selectionSet) return true;
      return below(node.selectionSet, field.type, ownName, ownPath, depth);
    });
  }

  // The joined path also has a part for each list and each possible type.
  function below(set: SelectionSetNode, of: GraphQLOutputType, name: string, path: string, depth: number): boolean {
    let type: GraphQLOutputType = getNullableType(of);
    while (isListType(type)) {
      depth += 1;
      name = `idx${depth}_${name}`;
      path = `${path}.${depth}`;
      type = getNullableType(type.ofType) as GraphQLOutputType;
    }
    const named = getNamedType(type);
    if (!isAbstractType(named)) return walk(set, named, name, path, depth);
    return schema.getPossibleTypes(named).every((each) => walk(set, each, `${each.name}_${name}`, `${path}.${each.name}`, depth));
  }

  return walk(operation.selectionSet, schema.getRootType(operation.operation)!, '', '', -1);
}

/** The fragments of a document by their names. */
export const fragmentsOf = (document: DocumentNode): Record<string, FragmentDefinitionNode> =>
  Object.fromEntries(document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])));
