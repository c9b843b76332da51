import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createLogger } from '#core/log/logger.js';
import { startApp, type App } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import { graph as shipped } from '../../src/domains.js';
import type { Graph } from '../../src/graph.js';
import { cloneDatabase } from './database.js';

/** A whole Signalbox in the process of the test, on a database of its own. */
export interface TestApp extends App {
  url: string;
  databaseUrl: string;
  dataDir: string;
}

/** The password of the first administrator of test apps. */
export const adminPassword = 'correct horse battery staple';

/** Starts a whole Signalbox in this process; it is stopped when the file is done. `settings` override the environment. */
export async function startTestApp(settings: Record<string, string> = {}, graph: Graph = shipped): Promise<TestApp> {
  const databaseUrl = settings.DATABASE_URL ?? (await cloneDatabase());
  const dataDir = settings.DATA_DIR ?? (await mkdtemp(join(tmpdir(), 'signalbox-data-')));
  const config = readConfig({
    PORT: '0',
    ADMIN_PASSWORD: adminPassword,
    NODE_ENV: 'test',
    HEARTBEAT_MS: '500',
    ...settings,
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
  });
  const app = await startApp(config, createLogger((process.env.TEST_LOG_LEVEL as 'silent' | undefined) ?? 'silent'), graph);
  afterAll(async () => {
    await app.stop();
    if (!settings.DATA_DIR) await rm(dataDir, { recursive: true, force: true });
  });
  return { ...app, url: app.url!, databaseUrl, dataDir };
}
