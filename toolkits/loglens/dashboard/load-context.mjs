import { readFile } from 'node:fs/promises';
import { FORMATS } from '../formats/entry.mjs';
import { LEVELS } from '../levels/level.mjs';

/**
 * What a dashboard needs to offer the analysis: the choices of its parameters with their defaults, and what the report tells apart.
 * @param {{ version: string }} toolkit
 */
export async function loadContext({ version }) {
  const manifest = JSON.parse(await readFile(new URL('../toolkit.json', import.meta.url), 'utf8'));
  const { format, top } = manifest.operations.analyze.inputSchema.properties;
  return {
    version,
    parameters: {
      format: { choices: format.enum, default: format.default },
      top: { least: top.minimum, most: top.maximum, default: top.default },
    },
    formats: Object.entries(FORMATS).map(([name, title]) => ({ name, title })),
    levels: LEVELS,
  };
}
