import type { WriteContext } from '#core/feed/write.js';
import { findToolkit, type ToolkitChoice } from './find-toolkit.js';
import type { Toolkit } from './toolkit.entity.js';

/** Lets jobs of a toolkit be started again; its schedules go on with their next times. */
export async function enableToolkit(context: WriteContext, choice: ToolkitChoice): Promise<Toolkit> {
  const toolkit = await findToolkit(context, choice);
  if (toolkit.isEnabled) return toolkit;
  toolkit.isEnabled = true;
  context.record('toolkits.toolkit.enabled', toolkit);
  return toolkit;
}
