import type { ApprovalKindDeclaration } from '#domains/approvals/index.js';
import { executionApproval } from './executions/execution-approval.js';
import { toolPublication } from './lifecycle/tool-publication.js';
import { moduleAccess } from './requests/module-access.js';
import { networkAccess } from './requests/network-access.js';

/** What of tools waits for a human. */
export const toolApprovalKinds: readonly ApprovalKindDeclaration[] = [toolPublication, executionApproval, networkAccess, moduleAccess];
