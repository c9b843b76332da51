import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { data } from '../../support/client.js';

/** A gate in a folder, and the settings with which a server runs jobs of the drip toolkit that wait at it. */
export async function closedGate(folder: string): Promise<{ gate: string; open(): Promise<void>; settings: Record<string, string> }> {
  const gate = join(folder, 'gate');
  await writeFile(gate, 'wait');
  return {
    gate,
    open: () => writeFile(gate, 'go'),
    settings: { TOOLKIT_STORAGE_DIR: fileURLToPath(new URL('./toolkits', import.meta.url)), FILE_ROOTS: folder },
  };
}

/** Starts a job; returns its id. */
export async function start(url: string, token: string, name: string, parameters: object): Promise<string> {
  const { enqueueJob } = await data(
    url,
    'mutation($input: EnqueueJobInput!) { enqueueJob(input: $input) { job { id } } }',
    { input: { name, parameters } },
    { token },
  );
  return enqueueJob.job.id;
}
