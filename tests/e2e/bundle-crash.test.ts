import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { data, signIn, upload } from '../support/client.js';
import { emptyDatabase } from '../support/database.js';
import { eventually, openSql } from '../support/probe.js';
import { didMutateToolkit, mutateToolkit } from '../support/toolkit-mutations.js';
import { manifestOf, toolkitStorage, workerOf } from '../support/toolkit-storage.js';
import { zipOf } from '../support/zip.js';
import { aDataDir, startProbeServer } from './support/process.js';

vi.setConfig({ testTimeout: 90_000 });

const storage = await toolkitStorage();

const zipped = (version: string) =>
  zipOf([
    { name: 'toolkit.json', content: JSON.stringify(manifestOf('mine', ['go'], { version })) },
    { name: 'worker.mjs', content: workerOf(['go']) },
  ]);

/** A server that has installed a bundle, and whose next commits on toolkits wait for `letGo`, or are refused by `end`. */
async function heldServer() {
  const folder = await mkdtemp(join(storage.dir, 'of-'));
  const password = 'a long enough password';
  const settings = {
    DATABASE_URL: await emptyDatabase(),
    DATA_DIR: await aDataDir(),
    TOOLKIT_STORAGE_DIR: folder,
    ADMIN_PASSWORD: password,
  };
  const { url, process } = await startProbeServer(settings);
  const auth = await signIn(url, 'admin', password);
  await data(
    url,
    'mutation { setSetting(input: { key: "toolkits.bundleUpload", value: true, expectedRevision: 1 }) { cursor } }',
    {},
    auth,
  );
  const send = async (version: string) =>
    didMutateToolkit(url, 'uploadToolkitBundle', { file: await upload(url, zipped(version), 'bundle.zip', auth) }, auth);
  await send('1.0.0');
  const sql = await openSql(settings.DATABASE_URL);
  await sql(`create function wait() returns trigger language plpgsql as 'begin perform pg_advisory_xact_lock(4711); return null; end'`);
  await sql(
    `create constraint trigger wait after update or delete on toolkits deferrable initially deferred for each row execute function wait()`,
  );
  await sql('select pg_advisory_lock(4711)');
  const waiting = `from pg_locks where locktype = 'advisory' and objid = 4711 and not granted`;
  const held = () =>
    eventually(
      'the commit',
      () => sql<{ n: number }>(`select count(*)::int as n ${waiting}`),
      ([row]) => row!.n === 1,
    );
  return {
    settings,
    url,
    auth,
    send,
    sql,
    held,
    kill: () => process.kill(),
    /** Lets the commit be done, although the server is gone. */
    async letGo() {
      await sql('select pg_advisory_unlock(4711)');
      await sql('drop trigger wait on toolkits');
    },
    async end() {
      await sql(`select pg_terminate_backend(pid) ${waiting}`);
      await this.letGo();
    },
    state: async () => ({
      inPlace: await readFile(join(folder, 'mine', 'toolkit.json'), 'utf8').then(
        (text) => JSON.parse(text).version,
        () => null,
      ),
      folders: await readdir(folder),
      notes: await readdir(join(settings.DATA_DIR, 'bundles')),
      rows: await sql('select version, is_loaded from toolkits'),
    }),
  };
}

test.each([
  ['before its commit', '1.0.0'],
  ['after its commit', '2.0.0'],
])('a server that is killed while it replaces a bundle, %s, comes back with the one of its row only', async (when, version) => {
  const server = await heldServer();
  const sent = server.send('2.0.0').catch(() => null);
  await server.held();
  expect(await server.state()).toMatchObject({
    inPlace: '2.0.0',
    folders: [expect.stringMatching(/^\.bundle-/), 'mine'],
    notes: [expect.any(String), expect.any(String)],
    rows: [{ version: '1.0.0', is_loaded: true }],
  });
  await server.kill();
  await sent;
  await (when === 'before its commit' ? server.end() : server.letGo());

  await startProbeServer(server.settings);

  expect(await server.state()).toEqual({ inPlace: version, folders: ['mine'], notes: [], rows: [{ version, is_loaded: true }] });
});

test.each([
  ['before its commit', { inPlace: '1.0.0', folders: ['mine'], rows: [{ version: '1.0.0', is_loaded: true }] }],
  ['after its commit', { inPlace: null, folders: [], rows: [] }],
])('a server that is killed while it uninstalls a bundle, %s, comes back with what its rows say', async (when, state) => {
  const server = await heldServer();
  const sent = mutateToolkit(server.url, 'uninstallToolkit', { slug: 'mine' }, server.auth).catch(() => null);
  await server.held();
  await server.kill();
  await sent;
  await (when === 'before its commit' ? server.end() : server.letGo());

  await startProbeServer(server.settings);

  expect(await server.state()).toEqual({ ...state, notes: [] });
});
