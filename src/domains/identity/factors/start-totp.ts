import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { LockMode, ref } from '@mikro-orm/core';
import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { findSelf } from '../users/find-self.js';
import { requireProof } from '../sessions/require-proof.js';
import { sealedTotps } from './sealed-totps.js';
import { newTotpSecret, totpUri } from './totp-code.js';
import { Totp } from './totp.entity.js';

/** Makes a secret for an app of the caller; it counts once a code of it was shown. */
export async function startTotp(context: WriteContext): Promise<{ secret: string; uri: string }> {
  const { em, services } = context;
  const user = await findSelf(context, LockMode.PESSIMISTIC_WRITE);
  await requireProof(context);
  const present = await em.findOne(Totp, { user });
  if (present?.confirmedAt) throw new AppError('PRECONDITION_FAILED', 'There is a second factor already: end it with disableTotp first');
  const totp = present ?? Object.assign(new Totp(), { id: newId(declarationOf(Totp).type), user: ref(user) });
  const secret = newTotpSecret();
  totp.sealedSecret = services.get(KeyRing).seal(secret, sealedTotps.context(totp));
  em.persist(totp);
  context.record('identity.totp.started', user);
  return { secret, uri: totpUri(secret, user.username) };
}
