import { ownOrigin } from '#core/feed/origin.js';
import { write } from '#core/feed/write.js';
import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { publicAuditKeys } from './audit-keys.js';
import { verifyChain } from './verify-chain.js';

/** Verifies the whole audit trail every night; what is wrong is an entry of its own, and an error in the log. */
export const verifyAudit: OwnOperation = {
  name: 'verifyAudit',
  description: 'Verifies all entries, links and checkpoints of the audit trail',
  cron: '27 4 * * *',
  guardedBy: 'audit:checkpoint',
  run: verifyAll,
};

async function verifyAll({ system, signal, progress, log }: OwnRun): Promise<object> {
  const keys = await publicAuditKeys(system.database.fork());
  const onProgress = (checked: number): Promise<void> => progress({ status: 'verifying', message: `${checked} links verified` });
  const report = await verifyChain(system.database, { after: 0, limit: Infinity, keys, signal, onProgress });
  for (const { message, ...problem } of report.problems) await log('ERROR', message, problem);
  if (!report.isIntact) {
    const { problemCount, problems } = report;
    system.log.error({ problemCount, problems: problems.slice(0, 10) }, 'the audit trail is not what it was');
    await write(system, ownOrigin, async ({ record }) =>
      record('audit.chain.broken', null, {
        outcome: 'ERROR',
        severity: 'CRITICAL',
        message: problems[0]!.message,
        details: { problemCount, problems: problems.slice(0, 10) },
      }),
    );
  }
  return { ...report, problems: report.problems.slice(0, 10) };
}
