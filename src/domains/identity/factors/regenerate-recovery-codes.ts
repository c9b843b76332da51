import { LockMode } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { checkTotp, totpOf } from './check-totp.js';
import { findSelf } from '../users/find-self.js';
import { renewRecoveryCodes } from './recovery-codes.js';
import { requireProof } from '../sessions/require-proof.js';
import type { User } from '../users/user.entity.js';

/** Gives the caller new recovery codes, with a code of the app or one of the earlier ones, which are no good any more. */
export async function regenerateRecoveryCodes(context: WriteContext, code: string): Promise<{ user: User; recoveryCodes: string[] }> {
  const user = await findSelf(context, LockMode.PESSIMISTIC_WRITE);
  await requireProof(context);
  const totp = await totpOf(context, user.id);
  if (!totp) throw new AppError('PRECONDITION_FAILED', 'There is no second factor: begin with startTotp');
  // Else a session that was left open would be worth a code, and with that end the second factor.
  await checkTotp(context, user, totp, code);
  const recoveryCodes = await renewRecoveryCodes(context, user);
  context.record('identity.recoveryCodes.regenerated', user, { severity: 'MEDIUM' });
  return { user, recoveryCodes };
}
