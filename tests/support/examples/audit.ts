import type { Examples } from './example.js';

/** Examples of what the audit domain offers. */
export const auditExamples: Examples = {
  createAuditCheckpoint: () => ({}),
  verifyAuditChain: () => ({ args: { first: 100 } }),
};
