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
 * Coerces variables as the specification has it; each error names the path of its value in `extensions.paths`, and shows nothing of what was
 * given: a password may be among it. What was not given is not there, even if it is called `constructor`.
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
  const misfits = misfitsOf(schema, variableDefinitions, given);
  return {
    errors: errors.map((error, i) => {
      // The error behind the last one that is told says only that there are more.
      const misfit = i < mostErrors ? misfits[i] : undefined;
      return new GraphQLError(misfit?.message ?? error.message, {
        nodes: error.nodes ?? null,
        extensions: { code: 'BAD_USER_INPUT', ...(misfit && { paths: [misfit.path] }) },
      });
    }),
  };
}

interface Misfit {
  path: string;
  /** Null where the sentence of graphql-js shows no value. */
  message: string | null;
}

// In the order in which graphql-js tells of them, which has the paths only inside its sentences.
function misfitsOf(
  schema: GraphQLSchema,
  definitions: NonNullable<OperationDefinitionNode['variableDefinitions']>,
  given: Given,
): Misfit[] {
  return definitions.flatMap(({ variable: { name }, type: node, defaultValue }) => {
    const type = typeFromAST(schema, node);
    const value = given[name.value];
    const whole = { path: name.value, message: null };
    if (!isInputType(type)) return [whole];
    if (!Object.hasOwn(given, name.value)) return isNonNullType(type) && !defaultValue ? [whole] : [];
    if (value === null && isNonNullType(type)) return [whole];
    const misfits: Misfit[] = [];
    coerceInputValue(value, type, (path, _, { message }) => {
      const at = path.length > 0 ? ` at "${[name.value, ...path].join('.')}"` : '';
      misfits.push({
        path: [name.value, ...path, ...fieldOf(message)].join('.'),
        message: `Variable "$${name.value}" got an invalid value${at}; ${withoutValue(message)}`,
      });
    });
    return misfits;
  });
}

// What does not begin like one of these says in its own way what was given.
const telling = /^(Field "|Exactly one key |Expected non-nullable type |Expected type "\w+" to be an object)/;

function withoutValue(message: string): string {
  if (telling.test(message)) return message;
  const [, ofEnum] = /^Value ".*" does not exist in (".*)$/s.exec(message) ?? [];
  if (ofEnum) return `The value does not exist in ${ofEnum}`;
  const [scalar] = /^(?:\w+|Enum "\w+") cannot represent (?:an? )?[\w -]*value(?=: )/.exec(message) ?? [];
  return scalar ? `${scalar}.` : 'The value is none of its type.';
}

// A field too many or one that is missing is told of the object that it is not in.
const fieldOf = (message: string): string[] => /^Field "(.*)" (?:is not defined by|of required) type "/s.exec(message)?.slice(1) ?? [];
