import { LockMode } from '@mikro-orm/core';
import { isUuid } from '#core/database/id.js';
import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { WriteContext } from '#core/feed/write.js';
import { refuseAccess } from './refuse-access.js';
import type { SecretAccessType } from './secret-access-type.js';
import { Secret } from './secret.entity.js';
import { mayUse, seesSecret } from './vault.policy.js';

/** What somebody is about to do with a secret; `accessType` is null for what does not concern its value. */
export interface Attempt {
  mutation: string;
  permission: 'secret:manage' | 'secret:reveal';
  accessType: SecretAccessType | null;
}

/** Finds a secret that the caller may do this with, and locks it; a refused access is noted. */
export async function findSecret(context: WriteContext, id: string, attempt: Attempt): Promise<Secret> {
  const { em, actor } = context;
  const { mutation, permission, accessType } = attempt;
  const secret = isUuid(id) ? await em.findOne(Secret, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE }) : null;
  const missing = notFound(`Secret ${id}`);
  if (!secret) throw missing;
  if (seesSecret(actor, secret) && mayUse(actor, secret, permission)) return secret;
  const error = seesSecret(actor, secret) ? new AppError('FORBIDDEN', `This needs the permission ${permission}`) : missing;
  throw accessType === null ? error : refuseAccess(context, secret, { mutation, accessType, error });
}
