import type { EntityManager } from '@mikro-orm/postgresql';
import { executeSql, sql } from '#core/database/sql.js';
import { can } from '#core/policy/actor.js';
import { nextAttempt, Outbox } from '#core/post/outbox.js';
import type { Letter, Post } from '#core/post/post.js';
import { findActor } from '#domains/identity/index.js';
import { User } from '#domains/identity/users/user.entity.js';
import { approvalLetter } from './approval-letter.js';
import { ApprovalKinds } from './approval-kinds.js';
import { ApprovalNotice } from './approval-notice.entity.js';
import { Approval } from './approval.entity.js';

/** Sends what `approval_notices` says is to be sent, as long as the approval waits and its recipient may see it. */
export class ApprovalNoticeDelivery extends Outbox {
  protected async sendNext(post: Post): Promise<boolean> {
    const em = this.system.database.fork();
    const [due] = await executeSql<{ id: string }>(
      em,
      sql`
      update approval_notices n set attempts = n.attempts + 1, next_attempt_at = ${nextAttempt}
      where id = (select id from approval_notices where next_attempt_at <= now() order by next_attempt_at limit 1 for update skip locked) returning id`,
    );
    if (!due) return false;
    const notice = await em.findOneOrFail(ApprovalNotice, { id: due.id });
    try {
      const letter = await this.#letterOf(em, notice);
      if (letter) await post.send(letter);
      await executeSql(
        em,
        sql`update approval_notices set sent_at = ${letter ? sql`now()` : null}, next_attempt_at = null, last_error = null where id = ${due.id}`,
      );
    } catch (error) {
      const { id, attempts } = notice;
      await this.noteFailure(
        ApprovalNotice,
        { id, attempts, error },
        { action: 'approvals.approvalNotice.undelivered', severity: 'MEDIUM' },
      );
    }
    return true;
  }

  /** The letter; null when there is nobody to be told any more, or nothing to tell. */
  async #letterOf(em: EntityManager, notice: ApprovalNotice): Promise<Letter | null> {
    const { id, occasion } = notice;
    const approval = await em.findOneOrFail(Approval, { id: notice.approval.id });
    if (!approval.isPending) return null;
    if (notice.recipient !== null) return approvalLetter(id, occasion, approval, notice.recipient);
    const user = await em.findOne(User, { id: notice.user!.id });
    const actor = user && (await findActor(em, user.id, this.system.services));
    if (!user?.email || !actor) return null;
    const isSeen = can(actor, 'approval:read') || this.system.services.get(ApprovalKinds).decidedBy(actor).includes(approval.kind);
    return isSeen ? approvalLetter(id, occasion, approval, user.email) : null;
  }
}
