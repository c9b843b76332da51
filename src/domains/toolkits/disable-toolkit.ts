import type { WriteContext } from '#core/feed/write.js';
import { findToolkit, type ToolkitChoice } from './find-toolkit.js';
import type { Toolkit } from './toolkit.entity.js';

/** Lets no job of a toolkit be started from the commit on; those that were accepted before still run. */
export async function disableToolkit(context: WriteContext, choice: ToolkitChoice): Promise<Toolkit> {
  const toolkit = await findToolkit(context, choice);
  if (!toolkit.isEnabled) return toolkit;
  toolkit.isEnabled = false;
  context.record('toolkits.toolkit.disabled', toolkit);
  return toolkit;
}
