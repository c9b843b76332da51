import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { data, signIn, upload } from '../../support/client.js';
import { eventually, openSql, startProbeApp, startWorker } from '../../support/probe.js';
import type { TestApp } from '../../support/app.js';
import { mutateToolkit } from '../../support/toolkit-mutations.js';
import { manifestOf, toolkitStorage, workerOf } from '../../support/toolkit-storage.js';
import { zipOf } from '../../support/zip.js';

const storage = await toolkitStorage();
await storage.put('theirs');
const shared = { TOOLKIT_STORAGE_DIR: storage.dir };
// What goes while it is listed makes it begin anew.
const filesIn = async (): Promise<string[]> => (await readdir(storage.dir, { recursive: true }).catch(() => null))?.sort() ?? filesIn();
const bundleIn = async (slug: string) => readFile(join(storage.dir, slug, '.signalbox-bundle'), 'utf8');
const notesOf = async ({ dataDir }: TestApp) => (existsSync(join(dataDir, 'bundles')) ? readdir(join(dataDir, 'bundles')) : []);

/** A Signalbox on this folder that takes bundles. */
async function installation() {
  const app = await startProbeApp({ ...shared, ROLE: 'api' });
  const auth = await signIn(app.url);
  await data(
    app.url,
    'mutation { setSetting(input: { key: "toolkits.bundleUpload", value: true, expectedRevision: 1 }) { cursor } }',
    {},
    auth,
  );
  const mutate = (name: string, input: object) => mutateToolkit(app.url, name, input, auth);
  const send = async (slug: string, version = '1.0.0') => {
    const zip = zipOf([
      { name: 'toolkit.json', content: JSON.stringify(manifestOf(slug, ['go'], { version })) },
      { name: 'worker.mjs', content: workerOf(['go']) },
    ]);
    return mutate('uploadToolkitBundle', { file: await upload(app.url, zip, 'bundle.zip', auth) });
  };
  const toolkits = async () => {
    const { toolkits } = await data(app.url, '{ toolkits { nodes { slug isLoaded } } }', {}, auth);
    return toolkits.nodes as object[];
  };
  return { app, auth, mutate, send, toolkits };
}

const ours = await installation();

test('an installation that does not know a bundle, such as a restored one, leaves its folder alone and does not use it', async () => {
  expect((await ours.send('newer')).errors).toBeUndefined();
  const before = await filesIn();

  const other = await installation();

  expect(await filesIn()).toEqual(before);
  expect(await other.toolkits()).toEqual([{ slug: 'theirs', isLoaded: true }]);
  expect(await other.mutate('registerToolkit', { slug: 'newer' })).toMatchObject({
    errors: [
      {
        message: 'The folder newer holds a bundle that is not installed here: upload one, or remove its file .signalbox-bundle',
        extensions: { code: 'PRECONDITION_FAILED' },
      },
    ],
  });
  expect(await filesIn()).toEqual(before);
});

test('one that knows an older bundle leaves the newer one alone, and says that its own is not loaded', async () => {
  const sql = await openSql(ours.app.databaseUrl);
  await ours.send('changed');
  const older = (await bundleIn('changed')).trim();
  await ours.send('changed', '2.0.0');
  await eventually('the older one to be removed', filesIn, (files) => !files.includes(`.bundle-${older}`));
  const newer = (await bundleIn('changed')).trim();
  const before = await filesIn();
  await sql(`update toolkits set bundle_id = $1 where slug = 'changed'`, [older]);

  await startWorker(ours.app.databaseUrl, { ...shared, DATA_DIR: ours.app.dataDir });

  expect(await filesIn()).toEqual(before);
  expect(await sql(`select is_loaded, bundle_id from toolkits where slug = 'changed'`)).toEqual([{ is_loaded: false, bundle_id: older }]);
  await sql(`update toolkits set bundle_id = $1 where slug = 'changed'`, [newer]);
});

test('a bundle that takes the place of one that is not known here keeps that one beside it', async () => {
  await ours.send('both');
  const unknown = (await bundleIn('both')).trim();
  const other = await installation();

  expect((await other.send('both', '3.0.0')).errors).toBeUndefined();

  expect((await bundleIn('both')).trim()).not.toBe(unknown);
  await eventually(
    'the notes to go',
    () => notesOf(other.app),
    (notes) => notes.length === 0,
  );
  expect((await readdir(join(storage.dir, `.bundle-${unknown}`))).sort()).toEqual(['.signalbox-bundle', 'toolkit.json', 'worker.mjs']);
  await startWorker(other.app.databaseUrl, { ...shared, DATA_DIR: other.app.dataDir });
  expect(existsSync(join(storage.dir, `.bundle-${unknown}`))).toBe(true);
});

test('an upload is noted in the data folder as long as it can break off, and so is what it replaces and what is uninstalled', async () => {
  const [holder, looking] = [await openSql(ours.app.databaseUrl), await openSql(ours.app.databaseUrl)];
  await ours.send('noted');
  const before = (await bundleIn('noted')).trim();
  await eventually(
    'the notes to go',
    () => notesOf(ours.app),
    (notes) => notes.length === 0,
  );
  await looking(`create function wait() returns trigger language plpgsql as 'begin perform pg_advisory_xact_lock(4711); return null; end'`);
  await looking(
    `create constraint trigger wait after update or delete on toolkits deferrable initially deferred for each row execute function wait()`,
  );
  await holder('select pg_advisory_lock(4711)');

  const replacing = ours.send('noted', '2.0.0');
  const noted = await eventually(
    'both notes',
    () => notesOf(ours.app),
    (notes) => notes.length === 2,
  );
  await eventually(
    'the move',
    () => bundleIn('noted').catch(() => before),
    (id) => id.trim() !== before,
  );
  const after = (await bundleIn('noted')).trim();
  expect(noted.sort()).toEqual([before, after].sort());
  await holder('select pg_advisory_unlock(4711)');
  expect((await replacing).errors).toBeUndefined();
  await eventually(
    'the notes to go',
    () => notesOf(ours.app),
    (notes) => notes.length === 0,
  );

  await holder('select pg_advisory_lock(4711)');
  const uninstalling = ours.mutate('uninstallToolkit', { slug: 'noted' });
  await eventually(
    'the note',
    () => notesOf(ours.app),
    (notes) => notes.join() === after,
  );
  await holder('select pg_advisory_unlock(4711)');
  expect((await uninstalling).errors).toBeUndefined();
  await eventually(
    'folder and note to go',
    async () => [...(await filesIn()).filter((file) => file.startsWith('noted') || file.includes(after)), ...(await notesOf(ours.app))],
    (left) => left.length === 0,
  );
});
