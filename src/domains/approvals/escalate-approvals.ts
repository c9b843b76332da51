import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { sql, type Sql } from '#core/database/sql.js';
import type { Services } from '#core/feed/services.js';
import { Settings } from '#core/settings/settings.js';
import { escalateAfterShare } from './approval.settings.js';
import { postApprovalNotices } from './post-approval-notices.js';
import { tellApproval } from './tell-approval.js';
import { isAnyDue, tendApprovals } from './tend-approvals.js';

const dueNow = (services: Services): Sql => sql`a.escalated_at is null and a.expires_at > clock_timestamp()
  and a.requested_at + (a.expires_at - a.requested_at) * ${services.get(Settings).value(escalateAfterShare)}::float8 <= clock_timestamp()`;

/** Tells of what has waited for long. */
export const escalateApprovals: OwnOperation = {
  name: 'escalateApprovals',
  description: 'Escalates, once, approvals that have waited for the share of their time that the setting approvals.escalateAfterShare says',
  cron: '* * * * *',
  hasWork: ({ em, services }) => isAnyDue(em, dueNow(services)),
  async run(run: OwnRun): Promise<{ approvals: number }> {
    const approvals = await tendApprovals(run, {
      due: dueNow(run.system.services),
      async tend(context, approval) {
        if (approval.escalatedAt !== null) return false;
        approval.escalatedAt = context.now;
        await tellApproval(context, approval, 'ESCALATED');
        await postApprovalNotices(context, approval, 'ESCALATED');
        return true;
      },
    });
    return { approvals };
  },
};
