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

/**
 * Coerces variables as the specification has it; each error names the path of its value in `extensions.paths`. What was not given is not
 * there, even if it is called `constructor`.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Given,
): CoercedVariables {
  const { coerced, errors } = getVariableValues(schema, variableDefinitions, given, { maxErrors: mostErrors });
  if (coerced) return { values: Object.assign(Object.create(null), coerced) as Record<string, unknown> };
  // What is nested too deeply uses up the stack, which graphql-js tells of as if it were an error of a variable.
  const fault = errors.find((error) => !(error instanceof GraphQLError)) as Error | undefined;
  if (fault) return { errors: [new GraphQLError(fault.message, { originalError: fault })] };
  const paths = pathsOfErrors(schema, variableDefinitions, given);
  return {
    errors: errors.map(
      (error, i) =>
        new GraphQLError(error.message, {
          nodes: error.nodes ?? null,
          // The error behind the last one that is told says only that there are more.
          extensions: { code: 'BAD_USER_INPUT', ...(i < mostErrors && paths[i] !== undefined && { paths: [paths[i]] }) },
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
    coerceInputValue(value, type, (path, _, { message }) => paths.push([name.value, ...path, ...fieldOf(message)].join('.')));
    return paths;
  });
}

// A field too many or one that is missing is told of the object that it is not in.
const fieldOf = (message: string): string[] => /^Field "(.*)" (?:is not defined by|of required) type "/s.exec(message)?.slice(1) ?? [];
