import 'reflect-metadata';
import type { Domain } from '#core/graph/domain.js';
import type { ApprovalKindDeclaration } from '#domains/approvals/index.js';
import { approvals } from '#domains/approvals/domain.js';
import { audit } from '#domains/audit/domain.js';
import { files } from '#domains/files/domain.js';
import { identity } from '#domains/identity/domain.js';
import { jobs } from '#domains/jobs/domain.js';
import { observability } from '#domains/observability/domain.js';
import { settings } from '#domains/settings/domain.js';
import { toolkits } from '#domains/toolkits/domain.js';
import { tools } from '#domains/tools/domain.js';
import { vault } from '#domains/vault/domain.js';
import { toolApprovalKinds } from '#domains/tools/tool-approval-kinds.js';
import { composeGraph } from './graph.js';

/** What waits for a human, of all domains. */
export const approvalKinds: readonly ApprovalKindDeclaration[] = [...toolApprovalKinds];

/** The domains that make up the graph. */
export const domains: readonly Domain[] = [
  identity,
  settings,
  audit,
  files,
  observability,
  jobs,
  vault,
  toolkits,
  approvals(approvalKinds),
  tools,
];

/** What they make up together. */
export const graph = composeGraph(domains);
