import { isDeepStrictEqual } from 'node:util';
import { AppError } from '#core/errors/app-error.js';
import type { WriteContext } from '#core/feed/write.js';
import type { ToolkitCode } from '#core/jobs/code-followers.js';
import { Settings } from '#core/settings/settings.js';
import { seedSettings } from '#domains/settings/index.js';
import type { ToolkitManifest } from './manifest.js';
import { toolkitSettings } from './toolkit-settings.js';
import type { Toolkit } from './toolkit.entity.js';

const usualContextFunction = 'loadContext';

/**
 * Brings the row of a toolkit and those of its settings up to its manifest, and to the files and the bundle of its folder; what is
 * the same already is left alone. A setting that Signalbox itself has is `PRECONDITION_FAILED`.
 */
export async function applyManifest(
  context: WriteContext,
  toolkit: Toolkit,
  { manifest, bundleId, codeDigest }: { manifest: ToolkitManifest; bundleId: string | null; codeDigest: string },
): Promise<void> {
  const { operations: _operations, settings: _settings, dashboardContextAttr, ...shown } = manifest;
  const declared = toolkitSettings(manifest);
  const taken = declared.find(({ key }) => context.services.get(Settings).isOwn(key));
  if (taken) throw new AppError('PRECONDITION_FAILED', `The toolkit has the setting ${taken.key}, which is one of Signalbox itself`);
  await seedSettings(context, declared);
  const values: Partial<Toolkit> = {
    ...shown,
    dashboardContextAttr: manifest.dashboardContextModule === null ? null : (dashboardContextAttr ?? usualContextFunction),
    origin: bundleId === null ? 'FOLDER' : 'BUNDLE',
    bundleId,
    codeDigest,
    isLoaded: true,
    manifest,
  };
  for (const [property, value] of Object.entries(values))
    if (!isDeepStrictEqual((toolkit as unknown as Record<string, unknown>)[property], value)) Object.assign(toolkit, { [property]: value });
}

/** The code of a toolkit that was brought up to its manifest. */
export const codeOf = ({ slug, version, codeDigest }: Toolkit): ToolkitCode => ({ slug, version, digest: codeDigest! });
