import type { WriteContext } from '#core/feed/write.js';
import { settleServer } from '../servers/settle-server.js';
import type { Tool } from '../tool.entity.js';
import { addToolVersion, type VersionNote } from './add-tool-version.js';
import { askPublication } from './ask-publication.js';
import { contentOf, putContent, type ToolContent } from './tool-content.js';
import { toolDigest } from './tool-digest.js';

/**
 * Gives a tool that the caller has locked another content, which is a new version; false when it is the same. A draft stays one; any
 * other tool waits for somebody to agree anew when what was agreed to is not what it is now; with `keepsRefusal` what was rejected stays so.
 */
export async function reviseTool(
  context: WriteContext,
  tool: Tool,
  content: ToolContent,
  note: VersionNote = {},
  keepsRefusal = false,
): Promise<boolean> {
  const before = contentOf(tool);
  if (JSON.stringify(inOrder(content)) === JSON.stringify(inOrder(before))) return false;
  putContent(context.em, tool, content);
  tool.currentVersion += 1;
  addToolVersion(context, tool, note);
  if (keepsRefusal && tool.approvalStatus === 'REJECTED') return true;
  if (tool.approvalStatus === 'DRAFT' || toolDigest(content) === toolDigest(before)) return true;
  await askPublication(context, tool, `${tool.name} was changed: version ${tool.currentVersion} waits instead`);
  await settleServer(context, tool.server?.id ?? null);
  return true;
}

// A schema keeps the order of its keys, which is a change of the version but not of what was agreed to.
const inOrder = (content: ToolContent): [string, unknown][] => Object.entries(content).sort(([one], [other]) => (one < other ? -1 : 1));
