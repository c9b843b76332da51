import { loadModule } from './load-module.js';
import type { ToolkitManifest } from './manifest.js';

const loadMs = 10_000;

/** Makes sure that the worker module in a folder can be loaded and registers exactly what the manifest says; throws what is wrong. */
export async function checkToolkit(folder: string, manifest: ToolkitManifest): Promise<void> {
  const { workerModule: file, workerRegisterAttr: register } = manifest;
  const registered = await loadModule({ folder, file, task: { task: 'describe', register }, timeoutMs: loadMs }).catch((error: Error) => {
    throw new Error(`${file} could not be loaded: ${error.message}`, { cause: error });
  });
  const names = new Set(registered as string[]);
  const stated = Object.keys(manifest.operations);
  const missing = stated.filter((name) => !names.has(name));
  const surplus = [...names].filter((name) => !stated.includes(name));
  const differences = [
    ...(missing.length > 0 ? [`it does not register ${missing.join(', ')}`] : []),
    ...(surplus.length > 0 ? [`it registers ${surplus.join(', ')}, which the manifest does not state`] : []),
  ];
  if (differences.length > 0) throw new Error(`${file} and the manifest differ: ${differences.join('; ')}`);
}
