import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A file, alone in its folder, that holds runs of the probe toolkit up, however slow the machine is, until it says `go`. */
export async function aFlag(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-flag-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const flag = join(folder, 'flag');
  await writeFile(flag, 'wait');
  return flag;
}
