import { LockMode } from '@mikro-orm/core';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { applyUserValues } from './apply-user-values.js';
import { checkUser, type GivenUserValues } from './check-user.js';
import { findSelf } from './find-self.js';
import { requireProof } from '../sessions/require-proof.js';
import type { User } from './user.entity.js';

/** What everybody may write of themselves: what is left out stays. */
export interface ProfileChange extends Pick<GivenUserValues, 'email' | 'fullName' | 'discordId' | 'defaultView' | 'singleViewMode'> {
  expectedRevision: number;
}

/** Changes what the caller may write of themselves. */
export async function updateProfile(context: WriteContext, { expectedRevision, ...values }: ProfileChange): Promise<User> {
  const problems = new Problems();
  checkUser(values, problems);
  problems.throwIfAny();

  const user = await findSelf(context, LockMode.PESSIMISTIC_WRITE);
  await context.em.lock(user, LockMode.OPTIMISTIC, expectedRevision);
  const { email } = user;
  applyUserValues(user, values);
  // Whoever has the address can have the password set anew: a session that was left open must not be enough.
  if (user.email !== email) await requireProof(context);
  context.record('identity.profile.updated', user);
  return user;
}
