import { LockMode } from '@mikro-orm/core';
import { Denied } from '#core/feed/denied.js';
import type { WriteContext } from '#core/feed/write.js';
import { hashToken } from '#core/secrets/token.js';
import { AccountNotice, type NoticeKind } from './account-notice.entity.js';
import { User } from '../users/user.entity.js';

/** The one answer to a link that is no good, whatever the reason. */
export const staleLink = (): Denied =>
  new Denied('UNAUTHENTICATED', 'The link was used before, is too old or was revoked: ask for a new one', {
    action: 'account_link_refused',
    by: { id: null, name: 'account link' },
    isCounted: true,
  });

/** Refuses a token that is no good, before anything is done for it that takes long. It is looked at again when it is used up. */
export async function checkNotice({ em, now }: WriteContext, kind: NoticeKind, token: string): Promise<void> {
  const good = { kind, tokenHash: hashToken(token), usedAt: null, expiresAt: { $gt: now } };
  if ((await em.count(AccountNotice, good)) === 0) throw staleLink();
}

/** Uses up the link of a notice, and locks the user whom it is about; of two uses at once one succeeds. */
export async function useNotice(
  { em, now }: WriteContext,
  kind: NoticeKind,
  token: string,
): Promise<{ notice: AccountNotice; user: User | null }> {
  const tokenHash = hashToken(token);
  const notice = await em.findOne(AccountNotice, { kind, tokenHash });
  // The user before the notice, as whoever ends the links of a user locks them.
  const who = notice?.user ? { id: notice.user.id, isActive: true } : null;
  const user = who && (await em.findOne(User, who, { lockMode: LockMode.PESSIMISTIC_WRITE }));
  if (!notice || (who && !user)) throw staleLink();
  // Only the row's own columns in the condition: it is looked at again after waiting for another use to commit.
  const used = await em.nativeUpdate(AccountNotice, { tokenHash, usedAt: null, expiresAt: { $gt: now } }, { usedAt: now });
  if (used !== 1) throw staleLink();
  return { notice, user };
}
