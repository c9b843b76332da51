import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import { ownName } from '#core/jobs/as-operation.js';
import { enqueueJob } from '#domains/jobs/index.js';
import type { Job } from '#domains/jobs/job.entity.js';
import { discoverMcpTools } from './discover-mcp-tools.js';
import { findSource } from './find-source.js';

/** Starts a job that asks an MCP server elsewhere for its tools. */
export async function discoverExternalTools(
  context: WriteContext,
  { source: id, idempotencyKey = null }: { source: string; idempotencyKey?: string | null | undefined },
): Promise<Job> {
  const source = await findSource(context, { id });
  if (source.status === 'DISABLED') throw new AppError('PRECONDITION_FAILED', `The source ${source.name} is switched off`);
  return enqueueJob(context, { name: ownName(discoverMcpTools), parameters: { source: id }, idempotencyKey });
}
