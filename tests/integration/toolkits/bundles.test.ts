import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recording } from '../../support/changes.js';
import { data, signIn, upload, type Auth } from '../../support/client.js';
import { childOf, enqueue, eventually, jobIn, openSql, startProbeApp, startWorker } from '../../support/probe.js';
import { didMutateToolkit, mutateToolkit } from '../../support/toolkit-mutations.js';
import { manifestOf, toolkitStorage, workerOf } from '../../support/toolkit-storage.js';
import { signedIn } from '../../support/users.js';
import { zeros, zipOf, type ZipEntry } from '../../support/zip.js';

const storage = await toolkitStorage();
await storage.put('theirs');
const shared = { TOOLKIT_STORAGE_DIR: storage.dir };
const app = await startProbeApp(shared);
const admin = await signIn(app.url);
const manager = await signedIn(app, 'mona', ['admin']);
const sql = await openSql(app.databaseUrl);

const entriesOf = (slug: string, more: object = {}, worker = workerOf(['go']), folder = ''): ZipEntry[] => [
  { name: `${folder}toolkit.json`, content: JSON.stringify(manifestOf(slug, ['go'], more)) },
  { name: `${folder}worker.mjs`, content: worker },
];
const send = async (zip: Buffer, more: object = {}, auth: Auth = admin) =>
  mutateToolkit(app.url, 'uploadToolkitBundle', { file: await upload(app.url, zip, 'bundle.zip', auth), ...more }, auth);
const install = async (entries: readonly ZipEntry[]) =>
  didMutateToolkit(app.url, 'uploadToolkitBundle', { file: await upload(app.url, zipOf(entries), 'bundle.zip', admin) }, admin);
const setFlag = (value: boolean) =>
  data(
    app.url,
    'mutation($value: JSON!) { setSetting(input: { key: "toolkits.bundleUpload", value: $value, expectedRevision: 1 }) { cursor } }',
    { value },
    admin,
  );
const rows = () => sql('select * from toolkits order by slug');
const filesIn = async () => (await readdir(storage.dir, { recursive: true })).sort();

/** The refusal of an upload, after making sure that it changed no row and no file, and recorded nothing but a denial. */
async function refusalOf(zip: Buffer, more: object = {}, auth: Auth = admin) {
  const file = await upload(app.url, zip, 'bundle.zip', auth);
  const before = [await rows(), await filesIn()];
  const { result, changes } = await recording(app, () => mutateToolkit(app.url, 'uploadToolkitBundle', { file, ...more }, auth));
  expect([await rows(), await filesIn()]).toEqual(before);
  const { message, extensions } = result.errors![0]!;
  expect(changes.map(({ action }) => action)).toEqual(extensions.code === 'FORBIDDEN' ? ['uploadToolkitBundle.denied'] : []);
  return { code: extensions.code, message, ...(extensions.paths && { paths: extensions.paths }) };
}

test('bundles are not taken while the feature flag is off, as it is at first', async () => {
  expect(await refusalOf(zipOf(entriesOf('mine')))).toEqual({
    code: 'PRECONDITION_FAILED',
    message: 'Bundles are not taken: the feature flag toolkits.bundleUpload is off',
  });
  await setFlag(true);
});

test('they are taken from superusers only', async () => {
  expect(await refusalOf(zipOf(entriesOf('mine')), {}, manager)).toMatchObject({ code: 'FORBIDDEN', message: /^Only a superuser / });
});

test('a bundle is unpacked into the folder of its slug, and its operations run at once', async () => {
  const { result, changes } = await recording(app, () =>
    install([...entriesOf('mine'), { name: 'lib/', mode: 0o40755, method: 0 }, { name: 'lib/deep/words.txt', content: 'äöü', method: 0 }]),
  );

  expect(result.toolkit).toMatchObject({ slug: 'mine', origin: 'BUNDLE', version: '1.0.0', isEnabled: true, isLoaded: true });
  expect(changes.map(({ action, target_id }) => [action, target_id])).toContainEqual(['toolkits.toolkit.uploaded', result.toolkit.id]);
  expect(await readFile(join(storage.dir, 'mine', 'lib', 'deep', 'words.txt'), 'utf8')).toBe('äöü');
  await jobIn(app.url, (await enqueue(app.url, 'mine.go', {}, admin)).id, 'SUCCEEDED', admin);
});

test('everything may lie in one folder that is named by the slug', async () => {
  expect(await install(entriesOf('boxed', {}, undefined, 'boxed/'))).toMatchObject({ toolkit: { slug: 'boxed' } });
  expect(existsSync(join(storage.dir, 'boxed', 'worker.mjs'))).toBe(true);
});

test('a newer bundle takes the place of an older one; what runs of that goes on, and what was disabled stays so', async () => {
  const worker = (
    word: string,
  ) => `export const register = (toolkit) => toolkit.operation('go', async ({ progress, parameters, files, signal }) => {
    await progress({ payload: { pid: process.pid } });
    if ('${word}' === 'old') await new Promise((resolve) => setTimeout(resolve, 2_000));
    return '${word}';
  });`;
  const first = await install(entriesOf('changing', {}, worker('old')));
  const running = await enqueue(app.url, 'changing.go', {}, admin);
  await childOf(app.url, running.id, admin);

  const second = await install([...entriesOf('changing', { version: '2.0.0' }, worker('new')), { name: 'more.txt' }]);

  expect(second.toolkit).toMatchObject({ id: first.toolkit.id, version: '2.0.0', revision: 2 });
  const next = await enqueue(app.url, 'changing.go', {}, admin);
  expect(await jobIn(app.url, next.id, 'SUCCEEDED', admin)).toMatchObject({ result: 'new' });
  expect(await jobIn(app.url, running.id, 'SUCCEEDED', admin)).toMatchObject({ result: 'old' });
  await eventually('the older one to be removed', filesIn, (files) => !files.some((file) => file.startsWith('.bundle-')));
  await didMutateToolkit(app.url, 'disableToolkit', { slug: 'changing' }, admin);
  expect((await install(entriesOf('changing', { version: '3.0.0' }))).toolkit).toMatchObject({ version: '3.0.0', isEnabled: false });
  expect(existsSync(join(storage.dir, 'changing', 'more.txt'))).toBe(false);
});

const manifest = entriesOf('evil')[0]!;
const link = 0o120777;

test.each<[string, ZipEntry[] | Buffer, RegExp]>([
  ['no zip file', Buffer.from('hello'), /End of central directory record signature not found/i],
  ['a path that leads out of it', [...entriesOf('evil'), { name: '../out.txt' }], /relative path|leads out/],
  ['a path that leads out of it further in', [...entriesOf('evil'), { name: 'lib/../../out.txt' }], /relative path|leads out/],
  ['an absolute path', [...entriesOf('evil'), { name: '/tmp/out.txt' }], /absolute path|leads out/],
  ['a drive letter', [...entriesOf('evil'), { name: 'C:/out.txt' }], /absolute path|in its name/],
  ['backslashes', [...entriesOf('evil'), { name: '..\\out.txt' }], /invalid characters|in its name/],
  ['an empty part of a path', [...entriesOf('evil'), { name: 'lib//x.txt' }], /no plain path/],
  ['a control character', [...entriesOf('evil'), { name: 'x\n.txt' }], /control characters/],
  ['a NUL character', [...entriesOf('evil'), { name: 'x\0.txt' }], /control characters/],
  ['a character that turns the direction of reading', [...entriesOf('evil'), { name: 'x\u202etxt.mjs' }], /control characters/],
  ['a star, which would widen what a run may read', [...entriesOf('evil'), { name: '*' }], /in its name/],
  ['a symbolic link', [...entriesOf('evil'), { name: 'passwd', content: '/etc/passwd', mode: link }], /link or another special/],
  ['a symbolic link to a folder', [...entriesOf('evil'), { name: 'etc/', content: '/etc', mode: link }], /link or another special/],
  ['a device', [...entriesOf('evil'), { name: 'null', mode: 0o020666 }], /link or another special/],
  ['a pipe', [...entriesOf('evil'), { name: 'pipe', mode: 0o010666 }], /link or another special/],
  ['an encrypted entry', [...entriesOf('evil'), { name: 'x.txt', flags: 0x801 }], /encrypted/],
  ['an unknown way of packing', [...entriesOf('evil'), { name: 'x.txt', method: 93 }], /packed in a way/],
  ['a name twice', [...entriesOf('evil'), { name: 'x.txt' }, { name: 'x.txt' }], /"x.txt" is there twice/],
  ['two names that differ in case only', [...entriesOf('evil'), { name: 'WORKER.mjs' }], /"WORKER.mjs" is there twice/],
  ['a file where another needs a folder', [...entriesOf('evil'), { name: 'lib' }, { name: 'LIB/x.txt' }], /is there twice/],
  ['the mark of a bundle', [...entriesOf('evil'), { name: '.signalbox-bundle', content: 'x' }], /name that Signalbox uses/],
  ['too long a path', [...entriesOf('evil'), { name: `${'ä'.repeat(101)}.txt` }], /more than 200 bytes/],
  ['too many folders in one another', [...entriesOf('evil'), { name: `${'a/'.repeat(12)}x.txt` }], /more than 12 folders/],
  ['too many entries', Array.from({ length: 2_001 }, (_, i) => ({ name: `${i}` })), /more than 2000 entries/],
  [
    'ten gigabytes of zeros, and says so',
    [...entriesOf('evil'), { name: 'bomb', packed: zeros(1), statedBytes: 10 * 1024 ** 3 }],
    /more than 104857600 bytes/,
  ],
  [
    'ten gigabytes of zeros, and says that they are few',
    [...entriesOf('evil'), { name: 'bomb', packed: zeros(10_240), statedBytes: 5 * 1024 ** 2 }],
    /too many bytes|more bytes/,
  ],
  [
    'files that are suspiciously well packed',
    [...entriesOf('evil'), { name: 'bomb', packed: zeros(50), statedBytes: 50 * 1024 ** 2 }],
    /more than 200 times larger/,
  ],
  ['fewer bytes than it says', [...entriesOf('evil'), { name: 'x', content: 'abc', statedBytes: 7 }], /not enough bytes|fewer bytes/],
  ['a damaged entry', [...entriesOf('evil'), { name: 'x', content: 'abc', statedCrc: 7 }], /"x" is damaged/],
  [
    'an entry that cannot be unpacked',
    [...entriesOf('evil'), { name: 'x', packed: Buffer.from('garbage'), statedBytes: 7 }],
    /not in order: /,
  ],
  ['no manifest', [{ name: 'worker.mjs' }], /has no toolkit.json/],
  ['a manifest too deep in it', entriesOf('evil', {}, undefined, 'a/b/'), /has no toolkit.json/],
  ['more beside its only folder', [...entriesOf('evil', {}, undefined, 'evil/'), { name: 'other.txt' }], /has no toolkit.json/],
  ['a manifest that is no JSON', [{ name: 'toolkit.json', content: '{' }], /toolkit.json is not JSON/],
  ['no worker module', [manifest], /worker.mjs is missing/],
  ['a folder of another name', entriesOf('evil', {}, undefined, 'good/'), /toolkit.json says slug evil, but the folder is good/],
  ['a slug that leads elsewhere', entriesOf('../evil'), /slug must consist of/],
  ['a slug of Signalbox itself', entriesOf('upkeep'), /is the slug of operations of Signalbox itself/],
  ['a worker module that throws', entriesOf('evil', {}, 'throw new Error("no")'), /worker.mjs could not be loaded: no$/],
  ['a worker module that registers something else', entriesOf('evil', {}, workerOf(['other'])), /worker.mjs and the manifest differ/],
])('[toolbox-45] a bundle with %s is refused, and leaves nothing behind', async (_case, content, message) => {
  const refusal = await refusalOf(Buffer.isBuffer(content) ? content : zipOf(content));

  expect(refusal).toEqual({ code: 'BAD_USER_INPUT', paths: ['input.file'], message: expect.stringMatching(message) });
  expect(refusal.message).toMatch(/^The bundle is not in order: /);
  expect(refusal.message).not.toContain(storage.dir);
});

test('an entry is never larger than what is left, also when many entries share their bytes', async () => {
  const packed = zeros(4);
  const shared = Array.from({ length: 40 }, (_, i) => ({ name: `${i}.bin`, packed, statedBytes: 4 * 1024 ** 2, statedCrc: 0 }));

  expect(await refusalOf(zipOf([...entriesOf('evil'), ...shared]))).toMatchObject({ code: 'BAD_USER_INPUT' });
});

test('a bundle that is not of the slug that was asked for is refused', async () => {
  expect(await refusalOf(zipOf(entriesOf('mine', { version: '9.0.0' })), { slug: 'other' })).toEqual({
    code: 'BAD_USER_INPUT',
    message: 'The bundle is of the toolkit mine, not of other',
    paths: ['input.slug'],
  });
});

test('only an upload that the caller may read is a bundle', async () => {
  const answers = await Promise.all(
    ['/etc/passwd', '01a1fdb9-1c1d-7018-8000-000000000000'].map((file) => mutateToolkit(app.url, 'uploadToolkitBundle', { file }, admin)),
  );

  expect(answers.map(({ errors }) => [errors![0]!.extensions.code, errors![0]!.extensions.paths])).toEqual(
    answers.map(() => ['BAD_USER_INPUT', ['input.file']]),
  );
});

test('[toolbox-46] the folder of an operator is never replaced, whether it is registered or not', async () => {
  await storage.write('unregistered', { 'note.txt': 'mine' });

  for (const slug of ['theirs', 'unregistered'])
    expect(await refusalOf(zipOf(entriesOf(slug, { version: '9.0.0' })))).toEqual({
      code: 'CONFLICT',
      message: `The toolkit ${slug} is a folder that an operator put below TOOLKIT_STORAGE_DIR: a bundle does not replace it`,
    });
});

test('[toolbox-49] an uninstalled bundle is gone with its folder, and an upload does not bring it back', async () => {
  await didMutateToolkit(app.url, 'uninstallToolkit', { slug: 'boxed' }, admin);
  await eventually('its folder to go', filesIn, (files) => !files.some((file) => /^boxed|^\.bundle-/.test(file)));

  expect(await refusalOf(zipOf(entriesOf('boxed')))).toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: /^The toolkit boxed was uninstalled by admin /,
  });
  await didMutateToolkit(app.url, 'clearToolkitRemoval', { slug: 'boxed' }, admin);
  expect(await install(entriesOf('boxed'))).toMatchObject({ toolkit: { slug: 'boxed', revision: 1 } });
});

test('of two that upload the same toolkit at once both are taken, one after the other, and nothing is left over', async () => {
  const answers = await Promise.all(['1.1.0', '1.2.0', '1.3.0'].map((version) => send(zipOf(entriesOf('raced', { version })))));

  expect(answers.map(({ errors }) => errors)).toEqual([undefined, undefined, undefined]);
  const [row] = await sql(`select version, bundle_id from toolkits where slug = 'raced'`);
  expect((await readFile(join(storage.dir, 'raced', '.signalbox-bundle'), 'utf8')).trim()).toBe(row!.bundle_id);
  expect(JSON.parse(await readFile(join(storage.dir, 'raced', 'toolkit.json'), 'utf8')).version).toBe(row!.version);
  await eventually('what is left over to go', filesIn, (files) => !files.some((file) => file.startsWith('.bundle-')));
});

test('when the database does not take it in the end, the folder is as it was', async () => {
  await sql(`create function refuse() returns trigger language plpgsql as 'begin raise exception ''not today''; end'`);
  await sql(
    `create constraint trigger refuse after update on toolkits deferrable initially deferred for each row when (new.slug = 'mine') execute function refuse()`,
  );

  const { errors } = await send(zipOf(entriesOf('mine', { version: '4.0.0' })));

  expect(errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
  const versionNow = async () => JSON.parse(await readFile(join(storage.dir, 'mine', 'toolkit.json'), 'utf8').catch(() => '{}')).version;
  await eventually('the older one to be back', versionNow, (version) => version === '1.0.0');
  await sql('drop trigger refuse on toolkits');
  await jobIn(app.url, (await enqueue(app.url, 'mine.go', {}, admin)).id, 'SUCCEEDED', admin);
});

test('what uploads left that broke off, the next start puts in order', async () => {
  const [{ bundle_id: id }] = (await sql(`select bundle_id from toolkits where slug = 'mine'`)) as [{ bundle_id: string }];
  // One that broke off between the two moves of a replacement, one after them, a new one after its move, and one while unpacking.
  await rename(join(storage.dir, 'mine'), join(storage.dir, `.bundle-${id}`));
  await mkdir(join(storage.dir, 'mine'));
  await writeFile(join(storage.dir, 'mine', '.signalbox-bundle'), '7d444840-9dc0-11d1-b245-5ffdce74fad2');
  await mkdir(join(storage.dir, 'fresh'));
  await writeFile(join(storage.dir, 'fresh', '.signalbox-bundle'), '7d444840-9dc0-11d1-b245-5ffdce74fad3');
  await mkdir(join(storage.dir, '.bundle-7d444840-9dc0-11d1-b245-5ffdce74fad4', 'lib'), { recursive: true });
  expect(await mutateToolkit(app.url, 'registerToolkit', { slug: 'fresh' }, admin)).toMatchObject({
    errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
  });

  // What the uploads had noted; and a folder that nobody has.
  await mkdir(join(app.dataDir, 'bundles'), { recursive: true });
  for (const each of [id, ...[2, 3, 4].map((end) => `7d444840-9dc0-11d1-b245-5ffdce74fad${end}`)])
    await writeFile(join(app.dataDir, 'bundles', each), '');
  await mkdir(join(storage.dir, '.bundle-7d444840-9dc0-11d1-b245-5ffdce74fad5'));

  await startWorker(app.databaseUrl, { ...shared, DATA_DIR: app.dataDir });

  expect((await readFile(join(storage.dir, 'mine', '.signalbox-bundle'), 'utf8')).trim()).toBe(id);
  expect(existsSync(join(storage.dir, 'mine', 'worker.mjs'))).toBe(true);
  expect((await filesIn()).filter((file) => /^fresh|^\.bundle-/.test(file))).toEqual(['.bundle-7d444840-9dc0-11d1-b245-5ffdce74fad5']);
  expect(await readdir(join(app.dataDir, 'bundles'))).toEqual([]);
  expect(existsSync(join(storage.dir, 'theirs', 'worker.mjs'))).toBe(true);
  expect(await sql(`select is_loaded from toolkits where slug = 'mine'`)).toEqual([{ is_loaded: true }]);
});

test('where nothing can be stored, that is said', async () => {
  const elsewhere = await startProbeApp({
    TOOLKIT_STORAGE_DIR: join(storage.dir, 'theirs', 'nowhere'),
    DATABASE_URL: app.databaseUrl,
    DATA_DIR: app.dataDir,
    ROLE: 'api',
  });
  const file = await upload(app.url, zipOf(entriesOf('homeless')), 'bundle.zip', admin);

  const { errors } = await mutateToolkit(elsewhere.url, 'uploadToolkitBundle', { file }, admin);

  expect(errors).toMatchObject([
    {
      message: 'Nothing can be stored below TOOLKIT_STORAGE_DIR (ENOENT): it has to exist and to be writable',
      extensions: { code: 'PRECONDITION_FAILED' },
    },
  ]);
});
