import type { WriteContext } from '#core/feed/write.js';
import { rightsStream } from '#core/policy/actor.js';
import { RecoveryCode } from './recovery-code.entity.js';
import { Totp } from './totp.entity.js';
import type { User } from '../users/user.entity.js';

/** Takes the second factor of a user away, with the recovery codes; returns whether there was one. */
export async function endTotp(context: WriteContext, user: User): Promise<boolean> {
  const { em } = context;
  await em.nativeDelete(RecoveryCode, { user: user.id });
  const ended = await em.nativeDelete(Totp, { user: user.id });
  if (ended > 0) context.record('identity.totp.disabled', user, { severity: 'HIGH' });
  context.touch(rightsStream);
  return ended > 0;
}
