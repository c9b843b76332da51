export { approvalKind, type ApprovalKindDeclaration, type Verdict } from './approval-kinds.js';
export { ApprovalNoticeDelivery } from './approval-notice-delivery.js';
export { cancelApproval } from './cancel-approval.js';
export { requestApproval, type ApprovalRequest } from './request-approval.js';
export { resetApproval } from './reset-approval.js';
export { RiskLevel } from './risk-level.js';
