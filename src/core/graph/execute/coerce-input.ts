import { coerceInputValue, isInputType, type GraphQLSchema } from 'graphql';
import { AppError } from '#core/errors/app-error.js';

/** A JSON value as an input type of the schema takes it; bad input names every place that does not fit, below `at`. */
export function coerceInput(schema: GraphQLSchema, typeName: string, value: unknown, at: string): unknown {
  const type = schema.getType(typeName);
  if (!isInputType(type)) throw new Error(`${typeName} is no input type`);
  const problems: { path: string; message: string }[] = [];
  const coerced = coerceInputValue(value, type, (path, _, { message }) => problems.push({ path: [at, ...path].join('.'), message }));
  if (problems.length === 0) return coerced;
  throw new AppError('BAD_USER_INPUT', problems.map(({ path, message }) => `${path}: ${message}`).join('; '), {
    paths: problems.map(({ path }) => path),
  });
}
