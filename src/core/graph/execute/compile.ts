import type { DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { compileQuery, isCompiledQuery } from 'graphql-jit';
import { obstacle } from './obstacle.js';
import { plainOperation } from './plain-operation.js';

type Values = Readonly<Record<string, unknown>>;

/** Runs a compiled operation on variables that have been coerced; null when graphql-js has to answer. */
export type Run = (root: unknown, context: unknown, variables: Values) => Promise<ExecutionResult | null>;

/**
 * Compiles an operation of a validated document to JavaScript (graphql-jit); null when it has to be interpreted. The variables decide
 * its conditions: it may only run on others that decide them alike.
 */
export function compile(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode, variables: Values): Run | null {
  const plain = plainOperation(schema, document, operation, variables);
  if (!plain || obstacle(schema, plain.document, plain.operation) !== null) return null;
  const query = compileQuery(schema, plain.document, operation.name?.value, {
    disablingCapturingStackErrors: true,
    // What resolvers return is serialized by themselves, see ../serialized.ts.
    disableLeafSerialization: true,
  });
  if (!isCompiledQuery(query)) return null;
  return async (root, context, coerced) => {
    const values = plain.values(coerced);
    if (!values) return null;
    const { data, errors } = (await query.query(root, context, values as never)) as ExecutionResult;
    // Errors are graphql-js's own to make; the reader has kept what was read.
    return errors || !data ? null : { data };
  };
}
