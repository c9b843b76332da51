import { GraphQLError, Kind, type DocumentNode, type ExecutionResult, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { isCompilable } from './is-compilable.js';

/** Runs a compiled operation on variables that have been coerced. */
export type Run = (root: unknown, context: unknown, variables: Readonly<Record<string, unknown>>) => Promise<ExecutionResult>;

/** Compiles an operation of a validated document to JavaScript (graphql-jit); null when it has to be interpreted. */
export function compile(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): Run | null {
  if (!isCompilable(schema, document, operation)) return null;
  const query = compileQuery(schema, withAnyVariables(document, operation), operation.name?.value, {
    disablingCapturingStackErrors: true,
    // What resolvers return is serialized by themselves, see ../serialized.ts.
    disableLeafSerialization: true,
  });
  if (!isCompiledQuery(query)) return null;
  return async (root, context, variables) => {
    const { data = null, errors } = (await query.query(root, context, variables as never)) as ExecutionResult;
    return errors ? { data, errors: errors.map(rebuilt) } : { data };
  };
}

// The variables have been coerced as the specification has it; `JSON` lets the compiled code take them as they are.
function withAnyVariables(document: DocumentNode, operation: OperationDefinitionNode): DocumentNode {
  const type = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'JSON' } } as const;
  const variableDefinitions = (operation.variableDefinitions ?? []).map(({ kind, variable }) => ({ kind, variable, type }));
  const definitions = document.definitions.map((each) => (each === operation ? { ...operation, variableDefinitions } : each));
  return { ...document, definitions };
}

// The compiled code's errors pass `instanceof`, but are no GraphQLErrors of the library's making.
function rebuilt({ message, path, locations, originalError }: GraphQLError): GraphQLError {
  if (originalError instanceof GraphQLError && originalError.path) return originalError;
  const error = new GraphQLError(message, { ...(path && { path }), originalError: originalError ?? null });
  return Object.defineProperty(error, 'locations', { value: locations, enumerable: true });
}
