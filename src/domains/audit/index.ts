export { auditRetentionDays } from './audit.settings.js';
export { AuditKeys, publicAuditKeys } from './audit-keys.js';
export { ExportCheck, type ExportReport } from './check-export.js';
export { createCheckpoint } from './create-checkpoint.js';
export { beginExport, exportAudit } from './export-audit.js';
export { KeptCheckpoints } from './kept-checkpoints.js';
export { verifyChain, type ChainReport } from './verify-chain.js';
