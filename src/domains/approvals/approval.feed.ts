import { feed } from '#core/graph/feed.js';
import { ApprovalEvent } from './approval-event.entity.js';

/** What can be followed of approvals. */
export const approvalFeeds = [
  feed({
    name: 'approvalEvents',
    item: ApprovalEvent,
    description: 'What is asked to be approved and what becomes of it, as far as the caller may see it',
  }),
];
