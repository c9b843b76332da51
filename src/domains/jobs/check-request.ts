import type { WriteContext } from '#core/feed/write.js';
import { Operations, type Operation } from '#core/jobs/operations.js';
import { checkFiles } from '#domains/files/index.js';

/** The operation of a name; bad input names what of the parameters does not fit it, and which files the actor may not use. */
export async function checkRequest(
  context: WriteContext,
  name: string,
  parameters: Record<string, unknown>,
  nameAt = 'input.name',
): Promise<Operation> {
  const operation = context.services.get(Operations).check(name, parameters, nameAt);
  const files = operation.files.filter((key) => parameters[key] !== undefined);
  await checkFiles(
    context,
    files.map((key) => ({ reference: parameters[key] as string, path: `input.parameters.${key}` })),
  );
  return operation;
}
