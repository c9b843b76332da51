import { setting } from '#core/settings/setting.js';
import { RiskLevel } from '#domains/approvals/index.js';

/** Which risks wait for a human, whatever their tools say. */
export const approvalRisks = setting<RiskLevel[]>({
  key: 'tools.approvalRisks',
  description: 'Risks of tools whose every use waits until a human has agreed, beside those of tools that ask for that themselves',
  schema: { type: 'array', uniqueItems: true, items: { enum: Object.keys(RiskLevel.values) } },
  default: ['HIGH', 'CRITICAL'],
  severity: 'HIGH',
});

/** How much memory Python code of a tool may take. */
export const pythonMemoryMb = setting({
  key: 'tools.pythonMemoryMb',
  description: 'How large the memory of Python may grow in one run of a tool, in MiB; Python itself takes about 40',
  schema: { type: 'integer', minimum: 64, maximum: 512 },
  default: 256,
});

/** How long uses of tools are kept. */
export const executionRetentionDays = setting({
  key: 'tools.executionRetentionDays',
  description: 'After how many days uses of tools that have ended are deleted, with what happened to them',
  schema: { type: 'integer', minimum: 1, maximum: 36_500 },
  default: 90,
});
