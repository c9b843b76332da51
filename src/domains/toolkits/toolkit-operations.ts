import { defaultQueue, type Operation } from '#core/jobs/operations.js';
import type { ToolkitManifest } from './manifest.js';
import { settingKey } from './toolkit-settings.js';

/** What a toolkit offers, as jobs know it. */
export const toolkitOperations = (
  { slug, workerModule, workerRegisterAttr, operations, settings }: ToolkitManifest,
  { folder, toolkitId, code, logBytes }: { folder: string; toolkitId: string; code: string | null; logBytes: number },
): Operation[] =>
  Object.entries(operations).map(([operation, { queue = defaultQueue, concurrency = null, ...rest }]) => ({
    ...rest,
    logBytes: rest.logBytes ?? logBytes,
    name: `${slug}.${operation}`,
    toolkitId,
    code,
    queue,
    concurrency,
    settings: Object.fromEntries(Object.keys(settings).map((setting) => [setting, settingKey(slug, setting)])),
    module: { folder, file: workerModule, register: workerRegisterAttr, operation },
  }));
