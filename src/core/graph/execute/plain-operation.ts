import {
  Kind,
  separateOperations,
  TypeInfo,
  valueFromAST,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type FragmentSpreadNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type ValueNode,
  type VariableDefinitionNode,
  type VariableNode,
} from 'graphql';
import { conditionsOf, isIncluded } from './conditions.js';

type Values = Readonly<Record<string, unknown>>;

/** An operation without conditions, whose arguments are all variables that take any value. */
export interface PlainOperation {
  /** A document with nothing else. */
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** The values of its variables, made of the coerced ones of the original; null when some argument has no valid value with these. */
  values(variables: Values): Values | null;
}

interface Given {
  name: string;
  node: ValueNode;
  type: GraphQLInputType;
}

/**
 * Makes an operation plain, for variables that decide its conditions as these do; null when they decide one with null, which is an error.
 * So graphql-jit neither decides conditions nor reads literals, both of which it does otherwise than graphql-js, and no text of a caller
 * gets into the code that it writes.
 */
export function plainOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  original: OperationDefinitionNode,
  variables: Values,
): PlainOperation | null {
  const separate = separateOperations(document)[original.name?.value ?? '']!;
  if (conditionsOf(separate).some((name) => typeof variables[name] !== 'boolean')) return null;
  const types = new TypeInfo(schema);
  const given: Given[] = [];
  const select = <Node extends FieldNode | FragmentSpreadNode | InlineFragmentNode>(node: Node): Node | null =>
    isIncluded(node.directives, variables) ? { ...node, directives: [] } : null;

  const plain = visit(
    separate,
    visitWithTypeInfo(types, {
      Field: select,
      FragmentSpread: select,
      InlineFragment: select,
      VariableDefinition: ({ variable }) => definitionOf(variable),
      Argument(node) {
        if (node.value.kind === Kind.VARIABLE) return undefined;
        // No name that a caller can give begins with a digit.
        const name = String(given.length);
        given.push({ name, node: node.value, type: types.getArgument()!.type });
        return { ...node, value: variableNamed(name) };
      },
    }),
  );
  const found = plain.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION)!;
  const definitions = [...(found.variableDefinitions ?? []), ...given.map(({ name }) => definitionOf(variableNamed(name)))];
  const operation = { ...found, variableDefinitions: definitions };
  return {
    operation,
    document: { ...plain, definitions: plain.definitions.map((each) => (each === found ? operation : each)) },
    values(coerced) {
      // Without a prototype, in which the compiled code would find a variable called `constructor` that was not given.
      const values = Object.assign(Object.create(null) as Record<string, unknown>, coerced);
      for (const { name, node, type } of given) {
        const value = valueFromAST(node, type, coerced);
        if (value === undefined) return null;
        values[name] = value;
      }
      return values;
    },
  };
}

const variableNamed = (value: string): VariableNode => ({ kind: Kind.VARIABLE, name: { kind: Kind.NAME, value } });

// The values have been coerced; `JSON` takes them as they are.
const definitionOf = (variable: VariableNode): VariableDefinitionNode => ({
  kind: Kind.VARIABLE_DEFINITION,
  variable,
  type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'JSON' } },
});
