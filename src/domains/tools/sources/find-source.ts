import { findForChange, type Choice } from '#core/feed/find-for-change.js';
import type { WriteContext } from '#core/feed/write.js';
import { ExternalMcpSource } from './external-mcp-source.entity.js';

/** Which external source to change, and perhaps the revision that was seen. */
export type SourceChoice = Choice;

/** Finds an external source to change, as far as the actor may see it, and locks it: before its tools. */
export const findSource = (context: WriteContext, choice: SourceChoice): Promise<ExternalMcpSource> =>
  findForChange(context, ExternalMcpSource, choice);
