import type { Letter } from '#core/post/post.js';
import type { NoticeOccasion } from './approval-notice.entity.js';
import type { Approval } from './approval.entity.js';

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 200);

/** What an approver is told: what waits, of whom and until when; neither its parameters nor the reason, which may be confidential. */
export function approvalLetter(id: string, occasion: NoticeOccasion, approval: Approval, to: string): Letter {
  const { kind, riskLevel, requesterName, requestedAt, expiresAt } = approval;
  const subjectName = oneLine(approval.subjectName);
  const begins = occasion === 'REQUESTED' ? 'Waits for a decision' : 'Still waits for a decision';
  const text = [
    `${begins}: ${subjectName}`,
    `Kind: ${kind}`,
    `Risk: ${riskLevel}`,
    `Asked for by ${oneLine(requesterName)} at ${requestedAt.toISOString()}`,
    expiresAt ? `Expires at ${expiresAt.toISOString()}` : 'Does not expire',
    `Approval: ${approval.id}`,
  ];
  return {
    id,
    kind: `APPROVAL_${occasion}`,
    to,
    subject: `${begins}: ${subjectName} (${riskLevel})`,
    link: null,
    text: `${text.join('\n')}\n`,
  };
}
