import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { Operations } from '#core/jobs/operations.js';
import { startApp } from '../../../src/app.js';
import { readConfig } from '../../../src/config.js';
import { graph } from '../../../src/domains.js';
import { startTestApp } from '../../support/app.js';
import { signIn } from '../../support/client.js';
import { eventually, openSql } from '../../support/probe.js';
import { didMutateToolkit } from '../../support/toolkit-mutations.js';
import { toolkitStorage } from '../../support/toolkit-storage.js';

const storage = await toolkitStorage();
await storage.put('kept');
await storage.put('removed');
const app = await startTestApp({ TOOLKIT_STORAGE_DIR: storage.dir, ROLE: 'api' });
const admin = await signIn(app.url);
const sql = await openSql(app.databaseUrl);

/** Starts another process on the database; returns what it warned of while it started. */
async function warningsOfStart(dir: string): Promise<Record<string, any>[]> {
  const warnings: Record<string, any>[] = [];
  const destination = new Writable({
    write: (line: Buffer, _encoding, done) => {
      warnings.push(JSON.parse(String(line)));
      done();
    },
  });
  const config = readConfig({
    ROLE: 'api',
    PORT: '0',
    NODE_ENV: 'test',
    DATABASE_URL: app.databaseUrl,
    DATA_DIR: app.dataDir,
    TOOLKIT_STORAGE_DIR: dir,
  });
  const started = await startApp(config, pino({ level: 'warn', base: null }, destination), graph);
  onTestFinished(() => started.stop());
  return warnings;
}

test('[toolbox-49] a start says that it leaves out what was uninstalled, and how to allow it again', async () => {
  await didMutateToolkit(app.url, 'uninstallToolkit', { slug: 'removed' }, admin);

  expect(await warningsOfStart(storage.dir)).toMatchObject([
    { toolkit: 'removed', reason: 'it was uninstalled; clearToolkitRemoval allows it again', msg: 'a toolkit was left out' },
  ]);
});

test('a process follows a change also when no bell rings', async () => {
  const { names } = app.system.services.get(Operations);
  expect(names).toContain('kept.go');
  await sql(`update toolkits set is_enabled = false, revision = revision + 1 where slug = 'kept'`);

  await eventually(
    'the process to follow',
    () => app.system.services.get(Operations).names,
    (now) => !now.includes('kept.go'),
  );
  await sql(`update toolkits set is_enabled = true, revision = revision + 1 where slug = 'kept'`);
});

test('a start without the folder of the toolkits warns of it, and they count as not loaded', async () => {
  const nowhere = join(storage.dir, 'nowhere');

  expect(await warningsOfStart(nowhere)).toMatchObject([
    { folder: nowhere, msg: 'TOOLKIT_STORAGE_DIR is no folder that exists: there are no toolkits' },
  ]);
  expect(await sql('select slug, is_loaded from toolkits')).toEqual([{ slug: 'kept', is_loaded: false }]);
});
