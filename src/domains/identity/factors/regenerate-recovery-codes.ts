import { LockMode } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { totpOf } from './check-totp.js';
import { findSelf } from '../users/find-self.js';
import { renewRecoveryCodes } from './recovery-codes.js';
import { requireProof } from '../sessions/require-proof.js';
import type { User } from '../users/user.entity.js';

/** Gives the caller new recovery codes; earlier ones are no good any more. */
export async function regenerateRecoveryCodes(context: WriteContext): Promise<{ user: User; recoveryCodes: string[] }> {
  const user = await findSelf(context, LockMode.PESSIMISTIC_WRITE);
  await requireProof(context);
  if (!(await totpOf(context, user.id))) throw new AppError('PRECONDITION_FAILED', 'There is no second factor: begin with startTotp');
  const recoveryCodes = await renewRecoveryCodes(context, user);
  context.record('identity.recoveryCodes.regenerated', user, { severity: 'MEDIUM' });
  return { user, recoveryCodes };
}
