import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { Operations } from '#core/jobs/operations.js';

/**
 * The digest of the code that an operation is carried out by, as it stays until the end of the transaction; null for no operation and for
 * one of Signalbox itself. What may not be asked for now is refused. The tool is locked before.
 */
export async function operationCode({ em, services }: Pick<WriteContext, 'em' | 'services'>, name: string | null): Promise<string | null> {
  if (name === null) return null;
  const operations = services.get(Operations);
  await operations.source?.admit(em, name);
  const operation = operations.find(name);
  if (!operation) throw new AppError('PRECONDITION_FAILED', `There is no operation ${name}`);
  return operation.code;
}
