import { build, isBuilt } from './build.mjs';
import { findNode } from './find-node.mjs';
import { installMissing, isInstalled } from './install-missing.mjs';
import { withLock } from './lock.mjs';

/**
 * Installs and builds what is missing or out of date, and returns the Node.js to run the project with. It uses nothing but
 * Node.js 20, because it runs before anything is installed; a failure ends the process with the reason.
 */
export async function ensureReady() {
  try {
    if (!isInstalled() || !isBuilt()) {
      const isReady = await withLock(async () => (await installMissing()) && (await build(findNode())));
      if (!isReady) process.exit(1);
    }
    return { node: findNode() };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
