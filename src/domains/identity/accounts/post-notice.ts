import { ref } from '@mikro-orm/core';
import { executeSql, sql } from '#core/database/sql.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { Settings } from '#core/settings/settings.js';
import { AccountNotice, type NoticeKind } from './account-notice.entity.js';
import { noticesPerHour } from './account.settings.js';
import type { AdminInvitation } from '../administrators/admin-invitation.entity.js';
import { NoticeDelivery } from './notice-delivery.js';
import type { User } from '../users/user.entity.js';

const hourMs = 3_600_000;

/** A notice to be sent; one that `goesNowhere` is only noted, so that asking for somebody unknown is the same work. */
export interface NewNotice {
  kind: NoticeKind;
  recipient: string;
  goodForMs: number;
  user?: User | null;
  invitation?: AdminInvitation | null;
  goesNowhere?: boolean;
}

/** Has a notice sent once the transaction is committed, unless its recipient had enough of them within the hour. */
export async function postNotice(
  context: WriteContext,
  { recipient, goodForMs, goesNowhere = false, ...about }: NewNotice,
): Promise<AccountNotice> {
  const { em, now, services, afterCommit } = context;
  const most = services.get(Settings).value(noticesPerHour);
  // Whoever asks for the same recipient at the same time waits, so that none goes beyond.
  await executeSql(em, sql`select pg_advisory_xact_lock(hashtextextended(${`notices ${recipient}`}, 0))`);
  const sent = await em.count(AccountNotice, {
    recipient,
    createdAt: { $gt: new Date(now.getTime() - hourMs) },
    $or: [{ sentAt: { $ne: null } }, { nextAttemptAt: { $ne: null } }],
  });
  const notice = Object.assign(new AccountNotice(), {
    id: newId(declarationOf(AccountNotice).type),
    kind: about.kind,
    recipient,
    user: about.user ? ref(about.user) : null,
    invitation: about.invitation ? ref(about.invitation) : null,
    createdAt: now,
    expiresAt: new Date(now.getTime() + goodForMs),
    nextAttemptAt: goesNowhere || sent >= most ? null : now,
  });
  em.persist(notice);
  afterCommit(() => services.get(NoticeDelivery).wake());
  return notice;
}
