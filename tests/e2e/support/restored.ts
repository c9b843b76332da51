import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { emptyDatabase } from '../../support/database.js';
import { answerHere } from './command.js';

/** Starts a Signalbox on what was restored from a backup of another one, which goes on running; both have the given settings. */
export async function restoredFrom(app: TestApp, settings: Record<string, string> = {}): Promise<TestApp> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-restored-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'backup');
  const target = { DATABASE_URL: await emptyDatabase(), DATA_DIR: join(folder, 'data') };
  await answerHere(['backup', file], { ...settings, DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir });
  await answerHere(['restore', file], { ...settings, ...target });
  return startTestApp({ ...settings, ...target });
}
