import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recording } from '../../support/changes.js';
import { data, graphql, signIn, type Auth } from '../../support/client.js';
import { mutate } from '../../support/mutation.js';
import { cancel, childOf, enqueue, eventually, jobIn, jobOf, openSql, startProbeApp, startWorker } from '../../support/probe.js';
import { didMutateToolkit, mutateToolkit } from '../../support/toolkit-mutations.js';
import { manifestOf, toolkitStorage, workerOf } from '../../support/toolkit-storage.js';
import { signedIn } from '../../support/users.js';

const storage = await toolkitStorage();
await storage.put('first');
const shared = { TOOLKIT_STORAGE_DIR: storage.dir };
const app = await startProbeApp({ ...shared, ROLE: 'api' });
const other = await startProbeApp({ ...shared, DATABASE_URL: app.databaseUrl });
const admin = await signIn(app.url);
const operator = await signedIn(app, 'olga', ['operator']);
const sql = await openSql(app.databaseUrl);

const change = (name: string, input: object, auth: Auth = admin) => didMutateToolkit(app.url, name, input, auth);
const rows = () => sql('select * from toolkits order by slug');
const removals = () => sql('select * from toolkit_removals order by slug');
const operationsOf = async (url: string, slug: string): Promise<string[] | undefined> =>
  (await data(url, 'query($slug: String!) { toolkit(slug: $slug) { operations { name } } }', { slug }, operator)).toolkit?.operations.map(
    ({ name }: { name: string }) => name,
  );
const tryEnqueue = (url: string, name: string) =>
  graphql(url, 'mutation($name: String!) { enqueueJob(input: { name: $name }) { job { id } } }', { name }, operator);

/** The refusal of a mutation, after making sure that it changed nothing and recorded nothing but a denial. */
async function refusalOf(name: string, input: object, auth: Auth = admin) {
  const before = [await rows(), await removals()];
  const { result, changes } = await recording(app, () => mutateToolkit(app.url, name, input, auth));
  expect([await rows(), await removals()]).toEqual(before);
  expect(result.data).toBeNull();
  const { message, extensions } = result.errors![0]!;
  const isDenial = ['FORBIDDEN', 'UNAUTHENTICATED', 'NOT_FOUND'].includes(extensions.code);
  expect(changes.map(({ action, outcome }) => [action, outcome])).toEqual(isDenial ? [[`${name}.denied`, 'DENIED']] : []);
  return { code: extensions.code, message, ...(extensions.paths && { paths: extensions.paths }) };
}

test('a folder that was not there at the start is registered without a restart, and its jobs run on another process', async () => {
  await storage.put('later', ['go', 'night'], { tags: ['new'] });
  await storage.write('later', {
    'toolkit.json': {
      ...manifestOf('later', ['go']),
      operations: {
        ...manifestOf('later', ['go']).operations,
        night: { description: 'On a new queue', inputSchema: { type: 'object' }, queue: 'later.night' },
      },
    },
  });

  const { result, changes } = await recording(app, () => change('registerToolkit', { slug: 'later' }));

  expect(result.toolkit).toEqual({
    id: expect.any(String),
    slug: 'later',
    version: '1.0.0',
    origin: 'FOLDER',
    isEnabled: true,
    isLoaded: true,
    revision: 1,
  });
  expect(changes.map(({ action, actor_username, target_id, before }) => [action, actor_username, target_id, before])).toEqual([
    ['toolkits.toolkit.registered', 'admin', result.toolkit.id, null],
  ]);
  // The other process is asked at once; it need not have heard the bell.
  const here = await enqueue(other.url, 'later.go', {}, operator);
  const there = await enqueue(app.url, 'later.night', {}, operator);
  expect(await jobIn(app.url, here.id, 'SUCCEEDED', operator)).toMatchObject({ result: 'done' });
  expect(await jobIn(app.url, there.id, 'SUCCEEDED', operator)).toMatchObject({ result: 'done', queue: 'later.night' });
  expect(await operationsOf(other.url, 'later')).toEqual(['later.go', 'later.night']);
});

test('registering again brings a toolkit up to its folder, everywhere, and leaves it disabled when it was', async () => {
  await storage.put('growing');
  const { toolkit } = await change('registerToolkit', { slug: 'growing' });
  await storage.put('growing', ['go', 'more'], { version: '2.0.0' });
  await change('disableToolkit', { slug: 'growing' });

  const again = await change('registerToolkit', { slug: 'growing' });
  expect(again.toolkit).toMatchObject({ id: toolkit.id, version: '2.0.0', isEnabled: false, revision: 3 });
  await change('enableToolkit', { slug: 'growing' });

  await jobIn(app.url, (await enqueue(other.url, 'growing.more', {}, operator)).id, 'SUCCEEDED', operator);
  await storage.put('growing', ['more'], { version: '3.0.0' });
  await change('registerToolkit', { slug: 'growing' });
  await eventually(
    'the other process to forget an operation',
    () => operationsOf(other.url, 'growing'),
    (names) => names!.join() === 'growing.more',
  );
});

test.each([
  ['no folder', 'nowhere', {}, /^There is no folder nowhere below TOOLKIT_STORAGE_DIR$/],
  ['no manifest', 'bare', { 'worker.mjs': workerOf(['go']) }, /: toolkit.json is missing$/],
  ['a manifest that is no JSON', 'broken', { 'toolkit.json': '{' }, /: toolkit.json is not JSON: /],
  ['a field that there is not', 'surplus', { 'toolkit.json': { ...manifestOf('surplus'), colour: 'red' } }, /colour/],
  ['no worker module', 'workless', { 'toolkit.json': manifestOf('workless') }, /: worker.mjs is missing$/],
])('of a toolkit with %s nothing is registered', async (_case, slug, files, message) => {
  await storage.write(slug, files);

  expect(await refusalOf('registerToolkit', { slug })).toEqual({
    code: 'BAD_USER_INPUT',
    message: expect.stringMatching(message),
    paths: ['input.slug'],
  });
});

test.each(['../first', 'First', 'a--b', 'a/b', '', 'first%2F', '.hidden', 'é'])(
  '[toolbox-45] a slug that is not safe in a URL is refused: %j',
  async (slug) => {
    expect(await refusalOf('registerToolkit', { slug })).toMatchObject({ code: 'BAD_USER_INPUT', paths: ['input.slug'] });
  },
);

test('[toolbox-45] neither does a manifest bring such a slug in', async () => {
  await storage.write('unsafe', { 'toolkit.json': manifestOf('../unsafe'), 'worker.mjs': workerOf(['go']) });

  expect(await refusalOf('registerToolkit', { slug: 'unsafe' })).toMatchObject({ code: 'BAD_USER_INPUT', message: /slug must consist of/ });
});

test('[toolbox-46] a manifest whose slug is not the name of its folder is refused, by registration and by a start', async () => {
  await storage.write('liar', { 'toolkit.json': manifestOf('first', ['go'], { version: '6.6.6' }), 'worker.mjs': workerOf(['go']) });

  expect(await refusalOf('registerToolkit', { slug: 'liar' })).toEqual({
    code: 'BAD_USER_INPUT',
    message: 'The toolkit liar is not in order: toolkit.json says slug first, but the folder is liar',
    paths: ['input.slug'],
  });
  await startWorker(app.databaseUrl, shared);
  expect(await sql(`select version from toolkits where slug in ('first', 'liar')`)).toEqual([{ version: '1.0.0' }]);
});

test('[toolbox-46] a link to a folder elsewhere is no folder of a toolkit', async () => {
  await symlink(join(storage.dir, 'first'), join(storage.dir, 'linked'));

  expect(await refusalOf('registerToolkit', { slug: 'linked' })).toMatchObject({ code: 'BAD_USER_INPUT' });
});

test.each([
  ['throws', `throw new Error('no key in ' + import.meta.url)`, 'worker.mjs could not be loaded: no key in worker.mjs'],
  ['imports what is not there', `import 'left-pad';`, /^worker.mjs could not be loaded: Cannot find package 'left-pad'/],
  ['ends its process', 'process.exit(0)', /^worker.mjs could not be loaded: The process of the operation ended with exit code 0 /],
  [
    'reads what is none of its business',
    `import { readFileSync } from 'node:fs'; readFileSync('/etc/passwd')`,
    /could not be loaded: Access to this API/,
  ],
  ['exports no such function', 'export const other = 1', 'worker.mjs could not be loaded: The worker module exports no function register'],
  ['floods its output', `for (;;) console.log('x'.repeat(10_000))`, /^worker.mjs could not be loaded: it printed more than 65536 bytes$/],
  [
    'takes memory',
    'const all = []; for (;;) all.push(new Array(1e6).fill(all))',
    /^worker.mjs could not be loaded: The process of the operation was killed/,
  ],
  [
    'registers something else',
    workerOf(['went', 'gone']),
    'worker.mjs and the manifest differ: it does not register go; it registers went, gone, which the manifest does not state',
  ],
])('a worker module that %s is refused, and what was registered before stays', async (_case, worker, message) => {
  await storage.put('shaky');
  await change('registerToolkit', { slug: 'shaky' });
  await storage.write('shaky', { 'worker.mjs': worker, 'toolkit.json': manifestOf('shaky', ['go'], { version: '2.0.0' }) });

  const refusal = await refusalOf('registerToolkit', { slug: 'shaky' });

  expect(refusal).toEqual({ code: 'PRECONDITION_FAILED', message: expect.any(String) });
  const said = refusal.message.replace('The toolkit shaky is not in order: ', '');
  if (typeof message === 'string') expect(said).toBe(message);
  else expect(said).toMatch(message);
  expect(refusal.message).not.toContain(storage.dir);
});

test('a worker module that never comes to an end is ended after ten seconds', async () => {
  await storage.write('endless', { 'toolkit.json': manifestOf('endless'), 'worker.mjs': 'for (;;);' });

  expect(await refusalOf('registerToolkit', { slug: 'endless' })).toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: expect.stringContaining('worker.mjs could not be loaded: it took longer than 10000 ms'),
  });
});

test('a schema of an operation that is none is refused, and a start leaves such a toolkit out', async () => {
  const operations = { go: { description: 'Goes', inputSchema: { type: 'object', properties: { x: { type: 'colour' } } } } };
  await storage.put('typo', ['go'], { operations });

  expect(await refusalOf('registerToolkit', { slug: 'typo' })).toMatchObject({ code: 'BAD_USER_INPUT', message: /schema is invalid/ });
  await startWorker(app.databaseUrl, shared);
  expect(await sql(`select id from toolkits where slug = 'typo'`)).toEqual([]);
});

test('[toolbox-23] from the commit on nothing of a disabled toolkit can be started, on no process, and enabling allows it again', async () => {
  const { result, changes } = await recording(app, () => change('disableToolkit', { slug: 'first' }));

  expect(result.toolkit).toMatchObject({ slug: 'first', isEnabled: false });
  expect(changes).toMatchObject([{ action: 'toolkits.toolkit.disabled', before: { isEnabled: true }, after: { isEnabled: false } }]);
  for (const { url } of [app, other])
    expect((await tryEnqueue(url, 'first.go')).errors).toMatchObject([
      { message: 'The toolkit first is disabled', extensions: { code: 'PRECONDITION_FAILED' } },
    ]);
  await eventually(
    'nothing to be offered',
    () => operationsOf(other.url, 'first'),
    (names) => names!.length === 0,
  );

  await change('enableToolkit', { slug: 'first' });
  await jobIn(app.url, (await enqueue(other.url, 'first.go', {}, operator)).id, 'SUCCEEDED', operator);
  expect((await recording(app, () => change('enableToolkit', { slug: 'first' }))).changes).toMatchObject([
    { action: 'enableToolkit.unchanged' },
  ]);
});

test('a stale revision is a conflict, and a toolkit that there is not is not found', async () => {
  const [{ revision }] = (await sql(`select revision from toolkits where slug = 'first'`)) as [{ revision: number }];

  for (const name of ['enableToolkit', 'disableToolkit', 'uninstallToolkit']) {
    expect(await refusalOf(name, { slug: 'first', expectedRevision: revision - 1 })).toMatchObject({ code: 'CONFLICT' });
    expect(await refusalOf(name, { slug: 'nowhere' })).toMatchObject({ code: 'NOT_FOUND' });
  }
  expect(await refusalOf('clearToolkitRemoval', { slug: 'first' })).toMatchObject({ code: 'NOT_FOUND' });
});

test('without toolkit:manage nobody changes a toolkit or sees a removal', async () => {
  for (const name of ['registerToolkit', 'enableToolkit', 'disableToolkit', 'uninstallToolkit', 'clearToolkitRemoval'])
    expect(await refusalOf(name, { slug: 'first' }, operator)).toEqual({
      code: 'FORBIDDEN',
      message: 'This needs the permission toolkit:manage',
    });
  expect(await refusalOf('disableToolkit', { slug: 'first' }, {})).toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('a job that was accepted before still runs, and neither a retry nor a schedule starts another', async () => {
  await storage.put('pausing');
  await storage.write('pausing', {
    'worker.mjs': `
    export const register = (toolkit) => toolkit.operation('go', async ({ signal, progress }) => {
      await progress({ payload: { pid: process.pid } });
      await new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });`,
  });
  await change('registerToolkit', { slug: 'pausing' });
  const { id } = await enqueue(app.url, 'pausing.go', {}, operator);
  await childOf(app.url, id, operator);
  await change('disableToolkit', { slug: 'pausing' });

  expect(await jobOf(app.url, id, operator)).toMatchObject({ status: 'RUNNING' });
  await cancel(app.url, id, operator);
  await jobIn(app.url, id, 'CANCELLED', operator);
  const { errors } = await graphql(app.url, 'mutation($id: ID!) { retryJob(input: { id: $id }) { job { id } } }', { id }, operator);
  expect(errors).toMatchObject([{ message: 'The toolkit pausing is disabled', extensions: { code: 'PRECONDITION_FAILED' } }]);
  expect(await sql('select id from jobs where retry_of_id = $1', [id])).toEqual([]);
});

test('of a job that waits when its toolkit is disabled the run takes place all the same, on a process that started since', async () => {
  const gate = await startProbeApp({ ...shared, ROLE: 'api' });
  const auth = await signIn(gate.url);
  const { id } = await enqueue(gate.url, 'first.go', {}, auth);
  await didMutateToolkit(gate.url, 'disableToolkit', { slug: 'first' }, auth);

  await startWorker(gate.databaseUrl, shared);

  await jobIn(gate.url, id, 'SUCCEEDED', auth);
});

test('what is due of a disabled toolkit is passed over with a reason, and goes on without a burst when it is enabled', async () => {
  const input = { name: 'often', operation: 'first.go', cron: '* * * * * *' };
  const { createJobSchedule } = await data(
    app.url,
    'mutation($input: CreateJobScheduleInput!) { createJobSchedule(input: $input) { jobSchedule { id isPaused } } }',
    { input },
    operator,
  );
  const { id, isPaused } = createJobSchedule.jobSchedule;
  expect(isPaused).toBe(false);
  const schedule = async () =>
    (
      await data(
        app.url,
        'query($id: ID!) { jobSchedule(id: $id) { isPaused isEnabled lastError lastRunAt nextRunAt revision } }',
        { id },
        operator,
      )
    ).jobSchedule;
  await eventually('a first job', schedule, ({ lastRunAt }) => lastRunAt !== null);

  await change('disableToolkit', { slug: 'first' });
  const paused = await eventually('a due time to pass', schedule, ({ lastError }) => lastError !== null);
  expect(paused).toMatchObject({ isPaused: true, isEnabled: true, lastError: 'The toolkit first is disabled', revision: 1 });
  await eventually('the next one', schedule, ({ nextRunAt }) => Date.parse(nextRunAt) > Date.parse(paused.nextRunAt) + 1_000);
  const jobs = () => sql(`select id, created_at from jobs where requested_by_name = 'schedule often'`);
  const before = await jobs();

  // It can be switched off all the same, but not on again.
  const update = (isEnabled: boolean, expectedRevision: number) =>
    graphql(
      app.url,
      'mutation($input: UpdateJobScheduleInput!) { updateJobSchedule(input: $input) { jobSchedule { isEnabled } } }',
      { input: { id, isEnabled, expectedRevision } },
      operator,
    );
  expect((await update(false, 1)).errors).toBeUndefined();
  expect((await update(true, 2)).errors).toMatchObject([
    { message: 'The toolkit first is disabled', extensions: { code: 'PRECONDITION_FAILED' } },
  ]);
  await sql(`update job_schedules set is_enabled = true, next_run_at = now() - interval '1 hour' where id = $1`, [id]);

  await change('enableToolkit', { slug: 'first' });
  const [{ now }] = (await sql('select clock_timestamp() as now')) as [{ now: Date }];
  await eventually('it to go on', schedule, ({ lastError }) => lastError === null);
  const after = await jobs();
  const [{ seconds }] = (await sql('select extract(epoch from clock_timestamp() - $1) as seconds', [now])) as [{ seconds: string }];
  expect(await schedule()).toMatchObject({ isPaused: false });
  expect(after.length - before.length).toBeLessThanOrEqual(Number(seconds) + 2);
  await sql('delete from job_schedules where id = $1', [id]);
});

test('of twenty that start a job while the toolkit is disabled each came before that or is refused', async () => {
  // What the transaction that disables it sees of jobs, after it got hold of the toolkit.
  await sql('create table seen (id uuid)');
  await sql(
    `create function note_jobs() returns trigger language plpgsql as 'begin delete from seen; insert into seen select id from jobs; return new; end'`,
  );
  await sql(
    `create trigger note_jobs before update on toolkits for each row when (old.is_enabled and not new.is_enabled) execute function note_jobs()`,
  );
  let acceptedOnes = 0;
  for (let round = 0; round < 5; round++) {
    const started = Array.from({ length: 20 }, (_, i) => tryEnqueue([app, other][i % 2]!.url, 'first.go'));
    // In the first round with all of them, then after one, after three and so on.
    await Promise.all(started.slice(0, 2 * round));
    await change('disableToolkit', { slug: 'first' });
    const seen = new Set((await sql<{ id: string }>('select id from seen')).map(({ id }) => id));
    const answers = await Promise.all(started);

    const accepted = answers.flatMap(({ data: answer }) => (answer ? [answer.enqueueJob.job.id as string] : []));
    const refused = answers.flatMap(({ errors }) => errors ?? []);
    expect(accepted.length + refused.length).toBe(20);
    expect(refused.map(({ message }) => message)).toEqual(refused.map(() => 'The toolkit first is disabled'));
    expect(accepted.filter((id) => !seen.has(id))).toEqual([]);
    acceptedOnes += accepted.length;
    // So that no later job waits for these.
    for (const id of accepted) await mutate(app, 'cancelJob', { id }, operator);
    await change('enableToolkit', { slug: 'first' });
  }
  expect(acceptedOnes).toBeGreaterThan(0);
  await sql('drop trigger note_jobs on toolkits');
});

test('[toolbox-49] what was uninstalled is brought back neither by registration nor by a start, and its jobs stay', async () => {
  await storage.put('leaving');
  await change('registerToolkit', { slug: 'leaving' });
  const { id } = await enqueue(app.url, 'leaving.go', {}, operator);
  await jobIn(app.url, id, 'SUCCEEDED', operator);

  const { result, changes } = await recording(app, () => change('uninstallToolkit', { slug: 'leaving', reason: 'too old' }));

  const { me } = await data(app.url, '{ me { id } }', {}, admin);
  const removal = { slug: 'leaving', name: 'The leaving', version: '1.0.0', origin: 'FOLDER', reason: 'too old', removedByName: 'admin' };
  expect(result.toolkitRemoval).toEqual({ ...removal, id: expect.any(String), removedAt: expect.any(String), removedBy: { id: me.id } });
  expect(changes.map(({ action, target_type }) => [action, target_type])).toEqual([
    ['toolkits.toolkit.uninstalled', 'Toolkit'],
    ['toolkits.toolkitRemoval.created', 'ToolkitRemoval'],
  ]);
  expect(existsSync(join(storage.dir, 'leaving', 'toolkit.json'))).toBe(true);
  const query =
    'query($id: ID!) { job(id: $id) { name toolkit { slug } } toolkit(slug: "leaving") { id } toolkitRemoval(slug: "leaving") { slug } toolkitRemovals { nodes { slug } } }';
  expect(await data(app.url, query, { id }, admin)).toEqual({
    job: { name: 'leaving.go', toolkit: null },
    toolkit: null,
    toolkitRemoval: { slug: 'leaving' },
    toolkitRemovals: { nodes: [{ slug: 'leaving' }] },
  });
  expect(await data(app.url, '{ toolkitRemoval(slug: "leaving") { slug } toolkitRemovals { totalCount } }', {}, operator)).toEqual({
    toolkitRemoval: null,
    toolkitRemovals: { totalCount: 0 },
  });

  expect(await refusalOf('registerToolkit', { slug: 'leaving' })).toEqual({
    code: 'PRECONDITION_FAILED',
    message: expect.stringMatching(/^The toolkit leaving was uninstalled by admin at .+Z: clearToolkitRemoval allows it again$/),
  });
  for (const { url } of [app, other])
    expect((await tryEnqueue(url, 'leaving.go')).errors).toMatchObject([
      { message: 'The toolkit leaving was uninstalled', extensions: { code: 'PRECONDITION_FAILED' } },
    ]);
  await startWorker(app.databaseUrl, shared);
  expect(await sql(`select id from toolkits where slug = 'leaving'`)).toEqual([]);
});

test('[toolbox-50] it comes back after its removal was cleared, and not before somebody registers it or a process starts', async () => {
  const { result, changes } = await recording(app, () => change('clearToolkitRemoval', { slug: 'leaving' }));

  expect(result).toEqual({ slug: 'leaving' });
  expect(changes.map(({ action }) => action)).toEqual(['toolkits.toolkitRemoval.cleared']);
  expect(await removals()).toEqual([]);
  expect((await tryEnqueue(app.url, 'leaving.go')).errors).toMatchObject([
    { extensions: { code: 'BAD_USER_INPUT', paths: ['input.name'] } },
  ]);
  await change('registerToolkit', { slug: 'leaving' });
  await jobIn(app.url, (await enqueue(other.url, 'leaving.go', {}, operator)).id, 'SUCCEEDED', operator);
});

test('jobs that have not ended keep a toolkit from being uninstalled, unless they are cancelled with it', async () => {
  await storage.put('busy');
  await storage.write('busy', {
    'worker.mjs': `
    export const register = (toolkit) => toolkit.operation('go', async ({ signal, progress }) => {
      await progress({ payload: { pid: process.pid } });
      await new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });`,
    'toolkit.json': { ...manifestOf('busy'), operations: { go: { ...manifestOf('busy').operations.go, concurrency: { limit: 1 } } } },
  });
  await change('registerToolkit', { slug: 'busy' });
  const running = await enqueue(app.url, 'busy.go', {}, operator);
  await childOf(app.url, running.id, operator);
  const waiting = await enqueue(app.url, 'busy.go', {}, operator);

  expect(await refusalOf('uninstallToolkit', { slug: 'busy' })).toEqual({
    code: 'PRECONDITION_FAILED',
    message: '2 jobs of busy have not ended: wait for them, or set cancelJobs',
  });
  await change('uninstallToolkit', { slug: 'busy', cancelJobs: true });

  expect(await jobOf(app.url, waiting.id, operator)).toMatchObject({ status: 'CANCELLED' });
  await jobIn(app.url, running.id, 'CANCELLED', operator);
});

test('of twenty that start a job while the toolkit is uninstalled each is refused, or its job is cancelled or done', async () => {
  await storage.put('vanishing');
  await change('registerToolkit', { slug: 'vanishing' });

  const [removed, ...answers] = await Promise.all([
    mutateToolkit(app.url, 'uninstallToolkit', { slug: 'vanishing', cancelJobs: true }, admin),
    ...Array.from({ length: 20 }, (_, i) => tryEnqueue([app, other][i % 2]!.url, 'vanishing.go')),
  ]);

  expect(removed.errors).toBeUndefined();
  const refused = answers.flatMap(({ errors }) => errors ?? []);
  expect(refused.map(({ message }) => message)).toEqual(refused.map(() => 'The toolkit vanishing was uninstalled'));
  for (const { data: answer } of answers)
    if (answer)
      await eventually(
        'the job to end',
        () => jobOf(app.url, answer.enqueueJob.job.id, operator),
        ({ finishedAt }) => finishedAt !== null,
      );
  expect(await sql(`select status from jobs where name = 'vanishing.go' and status not in ('SUCCEEDED', 'CANCELLED')`)).toEqual([]);
});

test('an operation shows how many of its runs may take place at once', async () => {
  const go = { description: 'Goes', inputSchema: { type: 'object', properties: { lane: {} } } };
  await storage.put('lanes', ['free', 'narrow', 'wide'], {
    operations: { free: go, narrow: { ...go, concurrency: { limit: 1 } }, wide: { ...go, concurrency: { limit: 3, key: 'lane' } } },
  });
  await change('registerToolkit', { slug: 'lanes' });

  const { toolkit } = await data(app.url, '{ toolkit(slug: "lanes") { operations { name concurrency concurrencyKey } } }', {}, operator);

  expect(toolkit.operations).toEqual([
    { name: 'lanes.free', concurrency: null, concurrencyKey: null },
    { name: 'lanes.narrow', concurrency: 1, concurrencyKey: null },
    { name: 'lanes.wide', concurrency: 3, concurrencyKey: 'lane' },
  ]);
});
