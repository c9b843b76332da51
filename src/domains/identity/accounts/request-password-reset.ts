import type { WriteContext } from '#core/feed/write.js';
import { postNotice } from './post-notice.js';
import { requireDelivery } from './require-delivery.js';
import { User } from '../users/user.entity.js';

const goodForMs = 3_600_000;

/**
 * Sends the user of that name or address a link to set a new password, if they have one: who signs in elsewhere gets none this way.
 * Whether there is such a user, the answer does not say.
 */
export async function requestPasswordReset(context: WriteContext, account: string): Promise<void> {
  requireDelivery(context);
  const { em } = context;
  const emails = [account, account.toLowerCase()];
  const found = await em.find(User, {
    $or: [{ username: account }, { email: { $in: emails } }],
    isActive: true,
    email: { $ne: null },
    passwordHash: { $ne: null },
  });
  // Somebody may have a name that looks like another one's address.
  const user = found.find(({ email }) => emails.includes(email!)) ?? found[0] ?? null;
  const recipient = user?.email ?? account;
  const notice = await postNotice(context, { kind: 'RESET_PASSWORD', recipient, user, goodForMs, goesNowhere: user === null });
  context.record('identity.passwordReset.requested', notice);
}
