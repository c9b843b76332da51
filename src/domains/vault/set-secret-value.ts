import { LockMode } from '@mikro-orm/core';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { addVersion } from './add-version.js';
import { checkValue } from './check-secret.js';
import { findSecret } from './find-secret.js';
import type { Secret } from './secret.entity.js';
import { touched } from './touched.js';

/** The value that a secret gets. */
export interface SecretValue {
  id: string;
  value: string;
  expectedRevision?: number | null;
}

/** Gives a secret its value: a placeholder its first one, any other one that takes the place of the one before. */
export async function setSecretValue(context: WriteContext, { id, value, expectedRevision }: SecretValue): Promise<Secret> {
  const problems = new Problems();
  checkValue(value, problems);
  problems.throwIfAny();

  const secret = await findSecret(context, id, { mutation: 'setSecretValue', permission: 'secret:manage', accessType: 'WRITE' });
  if (expectedRevision != null) await context.em.lock(secret, LockMode.OPTIMISTIC, expectedRevision);
  await addVersion(context, touched(secret, context.now), value);
  context.record('vault.secret.set', secret, { isSensitive: true, severity: 'MEDIUM' });
  return secret;
}
