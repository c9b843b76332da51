import { defaultQueue, type Operation } from '#core/jobs/operations.js';
import type { ToolkitManifest } from './manifest.js';
import { settingKey } from './toolkit-settings.js';

/** What a toolkit offers, as jobs know it. */
export const toolkitOperations = (
  { slug, workerModule, workerRegisterAttr, operations, settings }: ToolkitManifest,
  { folder, toolkitId, logBytes }: { folder: string; toolkitId: string; logBytes: number },
): Operation[] =>
  Object.entries(operations).map(([operation, { queue = defaultQueue, concurrency = null, ...rest }]) => ({
    ...rest,
    logBytes: rest.logBytes ?? logBytes,
    name: `${slug}.${operation}`,
    toolkitId,
    queue,
    concurrency,
    settings: Object.fromEntries(Object.keys(settings).map((setting) => [setting, settingKey(slug, setting)])),
    module: { folder, file: workerModule, register: workerRegisterAttr, operation },
  }));
