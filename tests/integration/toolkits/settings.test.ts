import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, graphql, signIn } from '../../support/client.js';
import { enqueue, eventually, jobIn, startProbeApp } from '../../support/probe.js';
import { didMutateToolkit, mutateToolkit } from '../../support/toolkit-mutations.js';
import { manifestOf, toolkitStorage } from '../../support/toolkit-storage.js';

const storage = await toolkitStorage();
const settings = {
  hosts: { description: 'Hosts', schema: { type: 'array', items: { type: 'string' } }, default: ['a'] },
  token: { description: 'A token', schema: { type: 'string' }, isEncrypted: true },
};
// Tells what it gets without telling the secret itself.
const worker = `
import { createHash } from 'node:crypto';
export function register(toolkit) {
  toolkit.operation('go', async ({ settings: { token, ...open } }) => ({
    ...open,
    token: token === null ? null : createHash('sha256').update(token).digest('hex').slice(0, 8),
  }));
}
`;
await storage.write('shop', { 'toolkit.json': manifestOf('shop', ['go'], { settings }), 'worker.mjs': worker });
const app = await startProbeApp({ TOOLKIT_STORAGE_DIR: storage.dir });
const other = await startProbeApp({ TOOLKIT_STORAGE_DIR: storage.dir, DATABASE_URL: app.databaseUrl, ROLE: 'api' });
const admin = await signIn(app.url);

const look = async (key: string, url = app.url): Promise<any> =>
  (
    await data(
      url,
      `query($key: String!) { setting(key: $key) { value defaultValue isEncrypted hasValue isDeclared revision } }`,
      { key },
      admin,
    )
  ).setting;
const set = async (key: string, value: unknown) =>
  graphql(
    app.url,
    'mutation($input: SetSettingInput!) { setSetting(input: $input) { cursor } }',
    { input: { key, value, expectedRevision: (await look(key)).revision } },
    admin,
  );
const run = async (): Promise<unknown> => {
  const { id } = await enqueue(app.url, 'shop.go', {}, admin);
  return (await jobIn(app.url, id, 'SUCCEEDED', admin)).result;
};

test('what a manifest lets people set is there from the start, and its runs get it by name', async () => {
  expect(await look('shop.hosts')).toEqual({
    value: ['a'],
    defaultValue: ['a'],
    isEncrypted: false,
    hasValue: true,
    isDeclared: true,
    revision: 1,
  });
  expect(await look('shop.token', other.url)).toMatchObject({ value: null, isEncrypted: true, hasValue: false, isDeclared: true });
  expect(await run()).toEqual({ hosts: ['a'], token: null });

  expect((await set('shop.hosts', ['b', 'c'])).errors).toBeUndefined();

  expect(await run()).toEqual({ hosts: ['b', 'c'], token: null });
});

test('a secret reaches the run, and is stored nowhere but sealed', async () => {
  const secret = 'the secret of the shop';
  const { result } = await recording(app, () => set('shop.token', secret));
  expect(result.errors).toBeUndefined();

  expect(await run()).toEqual({ hosts: ['b', 'c'], token: createHash('sha256').update(secret).digest('hex').slice(0, 8) });

  for (const table of ['jobs', 'job_events', 'job_log_lines', 'changes', 'settings', 'pgboss.job'])
    expect(JSON.stringify(await rowsOf(app, sql`select * from ${sql.ref(table)}`))).not.toContain(secret);
});

test('a run whose secret cannot be opened fails and says why', async () => {
  const sealed = (await rowsOf(app, sql`select sealed_value from settings where key = 'shop.token'`))[0]!.sealed_value;
  await rowsOf(app, sql`update settings set sealed_value = 'v1:00000000:eHg=' where key = 'shop.token'`);
  app.system.bell.ring('settings');

  const failed = await eventually(
    'a run to fail',
    async () => {
      const { id } = await enqueue(app.url, 'shop.go', {}, admin);
      return eventually(
        'it to end',
        () => jobError(id),
        ({ status }) => status !== 'QUEUED' && status !== 'RUNNING',
      );
    },
    ({ status }) => status !== 'SUCCEEDED',
  );

  expect(failed.error).toMatch(/^The setting shop\.token is encrypted with the key 00000000/);
  await rowsOf(app, sql`update settings set sealed_value = ${sealed} where key = 'shop.token'`);
  app.system.bell.ring('settings');
});

const jobError = async (id: string): Promise<any> =>
  (await data(app.url, 'query($id: ID!) { job(id: $id) { status error } }', { id }, admin)).job;

test('a toolkit that is registered anew brings its settings up to date on every node, and keeps what people have set', async () => {
  const { hosts } = settings;
  const changed = { hosts: { ...hosts, default: ['z'] }, retries: { description: 'Retries', schema: { type: 'integer' }, default: 3 } };
  await storage.write('shop', { 'toolkit.json': manifestOf('shop', ['go'], { settings: changed, version: '2.0.0' }) });

  await didMutateToolkit(app.url, 'registerToolkit', { slug: 'shop' }, admin);

  expect(await look('shop.hosts')).toMatchObject({ value: ['b', 'c'], defaultValue: ['z'], isDeclared: true });
  expect(await look('shop.retries')).toMatchObject({ value: 3, isDeclared: true });
  for (const url of [app.url, other.url]) {
    await eventually(
      'the token to be no setting any more',
      () => look('shop.token', url),
      ({ isDeclared }) => !isDeclared,
    );
    await eventually(
      'the retries to be one',
      () => look('shop.retries', url),
      ({ isDeclared }) => isDeclared,
    );
  }
});

test.each<[string, object, string]>([
  [
    'a default of another type',
    { x: { description: 'X', schema: { type: 'string' }, default: 1 } },
    'settings.x.default does not fit the schema: must be string',
  ],
  ['a schema that is none', { x: { description: 'X', schema: { type: 'nothing' } } }, 'settings.x.schema is no JSON Schema'],
  ['a name with a dot', { 'x.y': { description: 'X', schema: {} } }, 'settings.x.y Invalid key'],
  ['a field that there is not', { x: { description: 'X', schema: {}, secret: true } }, 'Unrecognized key'],
])('a manifest with %s is not in order', async (_case, wrong, why) => {
  await storage.put('wrong', ['go'], { settings: wrong });

  const { errors } = await mutateToolkit(app.url, 'registerToolkit', { slug: 'wrong' }, admin);

  expect(errors).toMatchObject([{ message: expect.stringContaining(why), extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('no toolkit takes the place of a setting of Signalbox itself', async () => {
  const before = await look('jobs.acceptNew');
  const acceptNew = { description: 'Mine', schema: { type: 'string' }, default: 'mine' };
  await storage.put('jobs', ['go'], { settings: { acceptNew } });

  const { result, changes } = await recording(app, () => mutateToolkit(app.url, 'registerToolkit', { slug: 'jobs' }, admin));

  expect(result.errors).toMatchObject([
    {
      message: 'The toolkit has the setting jobs.acceptNew, which is one of Signalbox itself',
      extensions: { code: 'PRECONDITION_FAILED' },
    },
  ]);
  expect(changes).toEqual([]);
  expect(await look('jobs.acceptNew')).toEqual(before);
  const started = await startProbeApp({ TOOLKIT_STORAGE_DIR: storage.dir, DATABASE_URL: app.databaseUrl, ROLE: 'api' });
  expect(await look('jobs.acceptNew', started.url)).toEqual(before);
});
