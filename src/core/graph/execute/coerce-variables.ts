import {
  coerceInputValue,
  getVariableValues,
  GraphQLError,
  isInputType,
  isNonNullType,
  typeFromAST,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

/** The coerced variables of an operation, or one error for each value that does not fit. */
export type CoercedVariables =
  { values: Record<string, unknown>; errors?: undefined } | { values?: undefined; errors: readonly GraphQLError[] };

type Given = Readonly<Record<string, unknown>>;

const mostErrors = 50;

/** Coerces variables as the specification has it; each error names the path of its value in `extensions.paths`. */
export function coerceVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Given,
): CoercedVariables {
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, given, { maxErrors: mostErrors });
  if (coerced) return { values: coerced };
  const paths = pathsOfErrors(schema, variableDefinitions, given);
  return {
    errors: errors.map(
      (error, i) =>
        new GraphQLError(error.message, {
          nodes: error.nodes ?? null,
          extensions: { code: 'BAD_USER_INPUT', ...(paths[i] !== undefined && { paths: [paths[i]] }) },
        }),
    ),
  };
}

// In the order in which graphql-js tells of them, which has the paths only inside its sentences.
function pathsOfErrors(
  schema: GraphQLSchema,
  definitions: NonNullable<OperationDefinitionNode['variableDefinitions']>,
  given: Given,
): string[] {
  return definitions.flatMap(({ variable: { name }, type: node, defaultValue }) => {
    const type = typeFromAST(schema, node);
    const value = given[name.value];
    if (!isInputType(type)) return [name.value];
    if (!Object.hasOwn(given, name.value)) return isNonNullType(type) && !defaultValue ? [name.value] : [];
    if (value === null && isNonNullType(type)) return [name.value];
    const paths: string[] = [];
    coerceInputValue(value, type, (path) => paths.push([name.value, ...path].join('.')));
    return paths;
  });
}
