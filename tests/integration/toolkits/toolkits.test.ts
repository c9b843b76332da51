import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ownName } from '#core/jobs/as-operation.js';
import { graph } from '../../../src/domains.js';
import { data, graphql, send, signIn, type Auth } from '../../support/client.js';
import { enqueue, eventually, jobIn, openSql, probeToolkits, startProbeApp, startWorker } from '../../support/probe.js';
import { signedIn } from '../../support/users.js';

// A folder of its own, whose toolkits the tests change.
const storage = await mkdtemp(join(tmpdir(), 'signalbox-toolkits-'));
afterAll(() => rm(storage, { recursive: true, force: true }));
await cp(join(probeToolkits, 'probe'), join(storage, 'probe'), { recursive: true });
const manifestFile = join(storage, 'probe', 'toolkit.json');
const manifest = JSON.parse(await readFile(manifestFile, 'utf8'));

const app = await startProbeApp({ TOOLKIT_STORAGE_DIR: storage });
const admin = await signIn(app.url);
const viewer = await signedIn(app, 'vera', []);
const sql = await openSql(app.databaseUrl);

const operationsOf = async (slug: string, auth: Auth = viewer, url = app.url) =>
  (
    await data(
      url,
      'query($slug: String!) { toolkit(slug: $slug) { operations { name description inputSchema queue files maxAttempts timeoutMs memoryMb } } }',
      { slug },
      auth,
    )
  ).toolkit?.operations;

/** Starts another process on the database, with the folder as it is now, and stops it again. */
async function startAnew(): Promise<void> {
  const worker = await startWorker(app.databaseUrl, { TOOLKIT_STORAGE_DIR: storage });
  await worker.stop();
}

const stored = async () =>
  (await sql(`select name, version, tags, is_loaded as "isLoaded", revision from toolkits where slug = 'probe'`))[0]!;

test('whoever is signed in sees what a toolkit says of itself', async () => {
  const { toolkits } = await data(
    app.url,
    '{ toolkits { totalCount nodes { slug name version description category tags origin workerModule workerRegisterAttr isEnabled isLoaded revision } } }',
    {},
    viewer,
  );

  const { slug, name, version, description, category, workerModule } = manifest;
  const said = { slug, name, version, description, category, tags: [], workerModule, workerRegisterAttr: 'register' };
  expect(toolkits).toEqual({ totalCount: 1, nodes: [{ ...said, origin: 'FOLDER', isEnabled: true, isLoaded: true, revision: 1 }] });
});

test('nobody else does', async () => {
  const { errors, data: none } = await graphql(app.url, '{ toolkit(slug: "probe") { operations { name } } }');

  expect(none).toEqual({ toolkit: null });
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
});

test('the operations of a toolkit are a plain list by name, each as its manifest has it', async () => {
  const operations = await operationsOf('probe');

  expect(operations.map(({ name }: { name: string }) => name)).toEqual(
    Object.keys(manifest.operations)
      .map((name) => `probe.${name}`)
      .sort(),
  );
  expect(operations.find(({ name }: { name: string }) => name === 'probe.wait')).toEqual({
    name: 'probe.wait',
    description: manifest.operations.wait.description,
    inputSchema: manifest.operations.wait.inputSchema,
    queue: 'sre-toolbox',
    files: ['flag'],
    maxAttempts: 3,
    timeoutMs: 3_600_000,
    memoryMb: 512,
  });
  expect(operations.find(({ name }: { name: string }) => name === 'probe.night')).toMatchObject({ queue: 'night-shift' });
  expect(await operationsOf('nothing')).toBe(undefined);
});

test('they answer the same once the operation is compiled, in one statement more than the toolkits', async () => {
  const query = '{ toolkits { nodes { slug operations { name files inputSchema } } } }';
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push(await send(app.url, query, {}, viewer));

  expect(answers.map(({ errors }) => errors)).toEqual([undefined, undefined, undefined, undefined]);
  expect(answers.map((answer) => JSON.stringify(answer.data))).toEqual(Array(4).fill(JSON.stringify(answers[0]!.data)));
  expect(answers.map(({ extensions }) => extensions!.statements)).toEqual([2, 2, 2, 2]);
});

test('a job shows the toolkit whose operation it runs, and the toolkit its jobs', async () => {
  const { id } = await enqueue(app.url, 'probe.night', {}, admin);
  await jobIn(app.url, id, 'SUCCEEDED', admin);

  const query =
    'query($id: ID!) { job(id: $id) { toolkit { slug jobs { nodes { id } } } } jobs(filter: { toolkit: { is: { slug: { eq: "probe" } } } }) { nodes { id } } }';
  expect(await data(app.url, query, { id }, admin)).toEqual({
    job: { toolkit: { slug: 'probe', jobs: { nodes: [{ id }] } } },
    jobs: { nodes: [{ id }] },
  });
  const hidden = await data(app.url, '{ toolkit(slug: "probe") { jobs { totalCount nodes { id } } } }', {}, viewer);
  expect(hidden.toolkit.jobs).toEqual({ totalCount: 0, nodes: [] });
});

test('a start that finds nothing new leaves the row as it is', async () => {
  const before = await stored();
  await startAnew();

  expect(await stored()).toEqual(before);
});

test('a start brings the row up to its folder, and every running process follows', async () => {
  await writeFile(
    manifestFile,
    JSON.stringify({ ...manifest, version: '1.1.0', tags: ['a', 'b'], operations: { night: manifest.operations.night } }),
  );
  const { revision } = await stored();
  await startAnew();

  expect(await stored()).toEqual({ name: 'Probe', version: '1.1.0', tags: ['a', 'b'], isLoaded: true, revision: revision + 1 });
  await eventually(
    'the running process to follow',
    () => operationsOf('probe'),
    (operations) => operations.length === 1,
  );
  const api = await startProbeApp({ TOOLKIT_STORAGE_DIR: storage, DATABASE_URL: app.databaseUrl, ROLE: 'api' });
  expect((await operationsOf('probe', viewer, api.url)).map(({ name }: { name: string }) => name)).toEqual(['probe.night']);
  const { errors } = await graphql(
    api.url,
    'mutation { enqueueJob(input: { name: "probe.print", parameters: { lines: 1 } }) { job { id } } }',
    {},
    admin,
  );
  expect(errors).toMatchObject([
    {
      message: `There is no operation probe.print; there are: ${[
        'probe.night',
        ...graph.operations
          .filter(({ isInternal }) => !isInternal)
          .map(ownName)
          .sort(),
      ].join(', ')}`,
      extensions: { code: 'BAD_USER_INPUT' },
    },
  ]);
  await writeFile(manifestFile, JSON.stringify(manifest));
});

test('a toolkit whose folder is gone, or not in order, keeps its row and its jobs, and says that it is not loaded', async () => {
  const { id } = await enqueue(app.url, 'probe.night', {}, admin);
  await rename(join(storage, 'probe'), join(storage, '.probe'));
  await startAnew();
  expect(await stored()).toMatchObject({ isLoaded: false });
  await rename(join(storage, '.probe'), join(storage, 'probe'));
  await writeFile(manifestFile, '{}');
  await startAnew();
  expect(await stored()).toMatchObject({ name: 'Probe', isLoaded: false });
  const { job } = await data(app.url, 'query($id: ID!) { job(id: $id) { toolkit { slug isLoaded } } }', { id }, admin);
  expect(job).toEqual({ toolkit: { slug: 'probe', isLoaded: false } });

  await writeFile(manifestFile, JSON.stringify(manifest));
  await startAnew();
  expect(await stored()).toMatchObject({ isLoaded: true });
});

test('[toolbox-23] a process that starts offers nothing of a toolkit that is not enabled', async () => {
  await sql(`update toolkits set is_enabled = false where slug = 'probe'`);
  const api = await startProbeApp({ TOOLKIT_STORAGE_DIR: storage, DATABASE_URL: app.databaseUrl, ROLE: 'api' });

  expect(await operationsOf('probe', viewer, api.url)).toEqual([]);
  const { errors } = await graphql(api.url, 'mutation { enqueueJob(input: { name: "probe.night" }) { job { id } } }', {}, admin);
  expect(errors).toMatchObject([{ message: 'The toolkit probe is disabled', extensions: { code: 'PRECONDITION_FAILED' } }]);
  await sql(`update toolkits set is_enabled = true where slug = 'probe'`);
});
