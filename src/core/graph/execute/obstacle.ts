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

const mostFields = 1_000;

/** What keeps an operation from being compiled. */
export type Obstacle = 'mutation' | 'proto' | 'size' | 'paths';

/**
 * Why graphql-jit 0.8 would not do with a plain operation what graphql-js does; null when it would. Of a mutation it runs the second field
 * after the first has failed; a field called `__proto__` becomes the prototype of its object; it names what it knows of a field by the
 * joined path; and it writes every field of every possible type once per place.
 */
export function obstacle(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Obstacle | null {
  if (operation.operation === 'mutation') return 'mutation';
  return saysProto(document) ? 'proto' : obstacleOfPaths(schema, document, operation);
}

function saysProto(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Name({ value }) {
      if (value === '__proto__') found = true;
    },
  });
  return found;
}

function obstacleOfPaths(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Obstacle | null {
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

  if (walk(operation.selectionSet, schema.getRootType(operation.operation)!, '', '', -1)) return null;
  return fields > mostFields ? 'size' : 'paths';
}

/** The fragments of a document by their names. */
export const fragmentsOf = (document: DocumentNode): Record<string, FragmentDefinitionNode> =>
  Object.fromEntries(document.definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])));
