import { relation } from '#core/database/declare/relation.js';
import { Change } from '#core/feed/change.entity.js';
import { ToolExecution } from './tool-execution.entity.js';

/** What belongs to executions; it stays when they are deleted. */
export const executionRelations = [
  relation({
    of: Change,
    key: 'executionId',
    name: 'toolExecution',
    to: ToolExecution,
    description: 'Use of a tool that it belongs to; null for none, and when that is gone or may not be seen',
    filter: true,
    inverse: { name: 'auditEntries', description: 'What was done to it, as far as the caller may see it' },
    onDelete: 'keep',
  }),
];
