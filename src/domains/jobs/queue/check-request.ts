import type { WriteContext } from '#core/feed/write.js';
import { Operations, type Operation } from '#core/jobs/operations.js';
import { checkFiles } from '#domains/files/index.js';

/**
 * The operation of a name, which may be asked for until the end of the transaction; bad input names what of the parameters does not fit
 * it, and which files the actor may not use.
 */
export async function checkRequest(
  context: WriteContext,
  name: string,
  parameters: Record<string, unknown>,
  { nameAt = 'input.name', isByDomain = false } = {},
): Promise<Operation> {
  const operations = context.services.get(Operations);
  await operations.source?.admit(context.em, name);
  const operation = operations.check(name, parameters, { nameAt, isByDomain });
  const files = operation.files.filter((key) => parameters[key] !== undefined);
  await checkFiles(
    context,
    files.map((key) => ({ reference: parameters[key] as string, path: `input.parameters.${key}` })),
  );
  return operation;
}
