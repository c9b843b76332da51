import { LockMode } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { checkTotp } from './check-totp.js';
import { endTotp } from './end-totp.js';
import { findSelf } from '../users/find-self.js';
import { requireProof } from '../sessions/require-proof.js';
import { Totp } from './totp.entity.js';
import type { User } from '../users/user.entity.js';

/** Ends the second factor of the caller, with a last code of it or a recovery code. */
export async function disableTotp(context: WriteContext, code: string): Promise<User> {
  const user = await findSelf(context, LockMode.PESSIMISTIC_WRITE);
  await requireProof(context);
  const totp = await context.em.findOne(Totp, { user });
  if (!totp?.confirmedAt) throw new AppError('PRECONDITION_FAILED', 'There is no second factor');
  await checkTotp(context, user, totp, code);
  await endTotp(context, user);
  return user;
}
