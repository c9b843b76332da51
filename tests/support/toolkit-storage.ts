import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

/** A worker module that does no harm and registers these operations; each returns the word. */
export const workerOf = (operations: readonly string[], word = 'done'): string => `
export function register(toolkit) {
${operations.map((name) => `  toolkit.operation('${name}', async () => '${word}');`).join('\n')}
}
`;

/** A manifest of a toolkit with these operations, none of which takes parameters. */
export const manifestOf = (slug: string, operations: readonly string[] = ['go'], more: object = {}): Record<string, any> => ({
  slug,
  name: `The ${slug}`,
  version: '1.0.0',
  description: 'For tests',
  category: 'tests',
  workerModule: 'worker.mjs',
  operations: Object.fromEntries(operations.map((name) => [name, { description: `Does ${name}`, inputSchema: { type: 'object' } }])),
  ...more,
});

/** A folder for toolkits that tests change; it is removed when the file is done. */
export async function toolkitStorage() {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-storage-')));
  afterAll(() => rm(dir, { recursive: true, force: true }));
  /** Writes files below the folder of a toolkit; what is no text is written as JSON. */
  const write = async (slug: string, files: Readonly<Record<string, unknown>>): Promise<void> => {
    for (const [name, content] of Object.entries(files)) {
      const path = join(dir, slug, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    }
  };
  /** Writes a toolkit that is in order, unless it is told otherwise. */
  const put = (slug: string, operations: readonly string[] = ['go'], more: object = {}): Promise<void> =>
    write(slug, { 'toolkit.json': manifestOf(slug, operations, more), 'worker.mjs': workerOf(operations) });
  return { dir, write, put, remove: (slug: string) => rm(join(dir, slug), { recursive: true, force: true }) };
}
