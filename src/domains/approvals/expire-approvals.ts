import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { sql } from '#core/database/sql.js';
import { ApprovalKinds } from './approval-kinds.js';
import { expireApproval } from './expire-approval.js';
import { databaseNow } from './lock-approval.js';
import { isAnyDue, tendApprovals } from './tend-approvals.js';

const due = sql`a.expires_at <= clock_timestamp()`;

/** Ends what nobody decided in time. */
export const expireApprovals: OwnOperation = {
  name: 'expireApprovals',
  description: 'Ends approvals that nobody decided in time; what has expired cannot be decided before that either',
  cron: '* * * * *',
  hasWork: ({ em }) => isAnyDue(em, due),
  run: async (run: OwnRun): Promise<{ approvals: number }> => ({
    approvals: await tendApprovals(run, {
      due,
      // The subject before the approval, as in a decision.
      prepare: async ({ em, services }, { kind, subjectId }) =>
        void (await services.get(ApprovalKinds).find(kind)?.digestOf(em, subjectId)),
      async tend(context, approval) {
        const isDue = approval.expiresAt !== null && approval.expiresAt <= (await databaseNow(context.em));
        if (isDue) await expireApproval(context, approval);
        return isDue;
      },
    }),
  }),
};
