import { setting } from '#core/settings/setting.js';
import { ApprovalKind } from './approval.entity.js';
import { NoticeOccasion } from './approval-notice.entity.js';
import { RiskLevel } from './risk-level.js';

/** Who is told of what; what is left out does not narrow it down. */
export interface NoticeRule {
  occasions?: NoticeOccasion[];
  kinds?: ApprovalKind[];
  lowestRisk?: RiskLevel;
  /** Slugs of roles. */
  roles?: string[];
  /** Usernames. */
  users?: string[];
  /** Email addresses of people who are no users, or of a list. */
  addresses?: string[];
}

const listOf = (items: object): object => ({ type: 'array', items, maxItems: 100, uniqueItems: true });
const name = { type: 'string', minLength: 1, maxLength: 200 };

/** Who is told of what waits. */
export const noticeRules = setting<NoticeRule[]>({
  key: 'approvals.noticeRules',
  description:
    'Who is told by mail or webhook of what waits: of which occasions (REQUESTED, ESCALATED), kinds and from which risk on; roles, users and addresses. Nobody is told of their own requests, and users only of what they may see',
  schema: {
    type: 'array',
    maxItems: 100,
    items: {
      type: 'object',
      properties: {
        occasions: listOf({ enum: Object.keys(NoticeOccasion.values) }),
        kinds: listOf({ enum: Object.keys(ApprovalKind.values) }),
        lowestRisk: { enum: Object.keys(RiskLevel.values) },
        roles: listOf(name),
        users: listOf(name),
        addresses: listOf({ type: 'string', format: 'email', maxLength: 254 }),
      },
      additionalProperties: false,
    },
  },
  default: [{ roles: ['approver'] }],
  severity: 'MEDIUM',
});
