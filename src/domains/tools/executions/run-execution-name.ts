import { ownName } from '#core/jobs/as-operation.js';

/** The operation that runs a tool, among those of the tools. */
export const runExecution = { slug: 'tools', name: 'execute' } as const;

/** The name by which jobs call it. */
export const runExecutionName = ownName(runExecution);
