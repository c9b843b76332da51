import { LockMode } from '@mikro-orm/core';
import type { WriteContext } from '#core/feed/write.js';
import type { CodeFollower, ToolkitCode } from '#core/jobs/code-followers.js';
import { Tool } from '../tool.entity.js';
import { reviseTool } from './revise-tool.js';
import { contentOf } from './tool-content.js';

/** Tools that use the operations of toolkits are agreed to with the code of these. */
export const toolsFollowCode: CodeFollower = { found: reviewOperationTools };

/** Gives the tools that use operations of these toolkits the code that was found: where it is another one, somebody has to agree again. */
async function reviewOperationTools(context: WriteContext, codes: readonly ToolkitCode[]): Promise<void> {
  const { em, record } = context;
  const outOfDate = codes.map(({ slug, digest }) => ({
    operation: { $like: `${slug}.%` },
    $or: [{ operationCode: null }, { operationCode: { $ne: digest } }],
  }));
  const tools = await em.find(
    Tool,
    { type: 'TOOLKIT_OPERATION', $or: outOfDate },
    { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true, orderBy: { id: 'asc' } },
  );
  for (const tool of tools) {
    const code = codes.find(({ slug }) => tool.operation!.startsWith(`${slug}.`))!;
    const note = {
      changeSource: 'IMPORT',
      changeSummary: `The toolkit ${code.slug} has other code: version ${code.version}`.slice(0, 500),
    } as const;
    // Nobody submits what was refused by changing files: whoever does brings the code along.
    await reviseTool(context, tool, { ...contentOf(tool), operationCode: code.digest }, note, true);
    record('tools.tool.updated', tool, { severity: 'MEDIUM' });
  }
}
