import { LockMode } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { rightsStream } from '#core/policy/actor.js';
import { checkTotp } from './check-totp.js';
import { findSelf } from '../users/find-self.js';
import { renewRecoveryCodes } from './recovery-codes.js';
import { Totp } from './totp.entity.js';
import type { User } from '../users/user.entity.js';

/** Lets a second factor count from now on, after a first code of it; returns recovery codes, which are known only now. */
export async function confirmTotp(context: WriteContext, code: string): Promise<{ user: User; recoveryCodes: string[] }> {
  const { em, now } = context;
  const user = await findSelf(context, LockMode.PESSIMISTIC_WRITE);
  const totp = await em.findOne(Totp, { user });
  if (!totp) throw new AppError('PRECONDITION_FAILED', 'Begin with startTotp');
  if (totp.confirmedAt) throw new AppError('PRECONDITION_FAILED', 'The second factor counts already');
  await checkTotp(context, user, totp, code);
  totp.confirmedAt = now;
  const recoveryCodes = await renewRecoveryCodes(context, user);
  context.record('identity.totp.confirmed', user, { severity: 'MEDIUM' });
  context.touch(rightsStream);
  return { user, recoveryCodes };
}
