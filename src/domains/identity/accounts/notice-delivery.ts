import { nextAttempt, Outbox } from '#core/post/outbox.js';
import type { Post } from '#core/post/post.js';
import { executeSql, sql } from '#core/database/sql.js';
import { hashToken, newToken } from '#core/secrets/token.js';
import { AccountNotice } from './account-notice.entity.js';
import { noticeLetter } from './notice-letter.js';

interface DueNotice extends Pick<AccountNotice, 'id' | 'kind' | 'recipient' | 'attempts'> {
  is_late: boolean;
}

/**
 * Sends what `account_notices` says is to be sent. A token is made anew for each attempt and is nowhere but in the letter; its hash is
 * committed before the letter goes out, so that no link reaches anybody that does not work.
 */
export class NoticeDelivery extends Outbox {
  constructor(
    system: Outbox['system'],
    post: Post | null,
    readonly publicUrl: string,
  ) {
    super(system, post);
  }

  protected async sendNext(post: Post): Promise<boolean> {
    const token = newToken();
    const [notice] = await executeSql<DueNotice>(
      this.system.database.fork(),
      sql`
      update account_notices n set token_hash = ${hashToken(token)}, attempts = n.attempts + 1, next_attempt_at = ${nextAttempt}
      where id = (select id from account_notices where next_attempt_at <= now() and used_at is null order by next_attempt_at limit 1 for update skip locked)
      returning id, kind, recipient, attempts, expires_at <= now() as is_late`,
    );
    if (!notice) return false;
    try {
      if (notice.is_late) throw new Error('the link was no good any more before it could be sent');
      await post.send(noticeLetter(notice, this.publicUrl, token));
    } catch (error) {
      await this.#failed(notice, error);
      return true;
    }
    await executeSql(
      this.system.database.fork(),
      sql`update account_notices set sent_at = now(), next_attempt_at = null, last_error = null where id = ${notice.id}`,
    );
    return true;
  }

  #failed({ id, kind, attempts, is_late: isHopeless }: DueNotice, error: unknown): Promise<void> {
    const undelivered = { id, attempts, error, isHopeless, about: { kind } };
    return this.noteFailure(AccountNotice, undelivered, { action: 'identity.accountNotice.undelivered', severity: 'HIGH' });
  }
}
