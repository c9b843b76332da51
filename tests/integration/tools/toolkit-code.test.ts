import { expect, test } from 'vitest';
import { CodeFollowers } from '#core/jobs/code-followers.js';
import { ownOrigin } from '#core/feed/origin.js';
import { write } from '#core/feed/write.js';
import { installToolkits } from '#domains/toolkits/index.js';
import { startTestApp } from '../../support/app.js';
import { data, signIn, upload, type Auth } from '../../support/client.js';
import { ended, execute, executionOf } from '../../support/executions.js';
import { mutate, mutated } from '../../support/mutation.js';
import { eventually, openSql } from '../../support/probe.js';
import { toolkitStorage, manifestOf, workerOf } from '../../support/toolkit-storage.js';
import { aServer } from '../../support/tools.js';
import { signedIn } from '../../support/users.js';
import { zipOf } from '../../support/zip.js';

const storage = await toolkitStorage();
await storage.put('plain');
const app = await startTestApp({ TOOLKIT_STORAGE_DIR: storage.dir });
const sql = await openSql(app.databaseUrl);
const root = await signIn(app.url);
const author = await signedIn(app, 'otto', ['operator']);
const approver = await signedIn(app, 'anna', ['approver']);
const server = await aServer(app, { status: 'READY' });
await mutated(app, 'setSetting', { key: 'toolkits.bundleUpload', value: true, expectedRevision: 1 }, root);

let made = 0;
const toolOf = async (id: string) => {
  const fields = 'operationCode approvalStatus currentVersion approval { id digest status requester { username } }';
  const query = `query($id: ID!) { tool(id: $id) { ${fields} versions(orderBy: [{ field: VERSION_NUMBER }]) { nodes { changeSource changeSummary digest } } } }`;
  return (await data(app.url, query, { id }, root)).tool;
};
const decide = async (id: string, auth: Auth = approver) => {
  const { approval } = await toolOf(id);
  return mutate(app, 'decideApproval', { id: approval.id, digest: approval.digest, verdict: 'APPROVED' }, auth);
};
const codeOf = async (slug: string): Promise<string> =>
  (await data(app.url, 'query($slug: String!) { toolkit(slug: $slug) { codeDigest } }', { slug }, author)).toolkit.codeDigest;
/** A tool that runs `go` of a toolkit, to which somebody agreed. */
async function anAgreedTool(slug: string, values: object = {}): Promise<string> {
  made += 1;
  const input = { server: server.id, type: 'TOOLKIT_OPERATION', name: `tool_${made}`, operation: `${slug}.go`, ...values };
  const { tool } = await mutated(app, 'createTool', input, author, 'tool { id }');
  await mutated(app, 'submitTool', { id: tool.id }, author);
  expect((await decide(tool.id)).errors).toBeUndefined();
  return tool.id;
}
const register = (slug: string) => mutated(app, 'registerToolkit', { slug }, root);
/** A toolkit whose `go` returns the word. */
const putToolkit = async (slug: string, word = 'old') => {
  await storage.write(slug, { 'toolkit.json': manifestOf(slug), 'worker.mjs': workerOf(['go'], word) });
  await register(slug);
};
const change = (slug: string) => storage.write(slug, { 'worker.mjs': workerOf(['go'], 'new') });
const refusalOf = async (tool: string) => (await mutate(app, 'executeTool', { tool }, author)).errors![0]!;

test('a tool is agreed to with the code of the toolkit whose operation it runs, and a changed one asks anew', async () => {
  await putToolkit('changing');
  const id = await anAgreedTool('changing', { requiresApproval: false });
  const before = await toolOf(id);
  expect(before).toMatchObject({ operationCode: await codeOf('changing'), approvalStatus: 'APPROVED', currentVersion: 1 });
  expect((await ended(app, (await execute(app, { tool: id }, author)).id, author)).result).toBe('old');

  await change('changing');
  await register('changing');

  const after = await toolOf(id);
  expect(after).toMatchObject({
    operationCode: await codeOf('changing'),
    approvalStatus: 'PENDING_REVIEW',
    currentVersion: 2,
    approval: { status: 'PENDING', requester: { username: 'admin' } },
    versions: { nodes: [{}, { changeSource: 'IMPORT', changeSummary: 'The toolkit changing has other code: version 1.0.0' }] },
  });
  expect(after.operationCode).not.toBe(before.operationCode);
  expect(after.versions.nodes[1].digest).not.toBe(before.versions.nodes[0].digest);
  expect(await refusalOf(id)).toMatchObject({
    message: expect.stringMatching(/is not approved$/),
    extensions: { code: 'PRECONDITION_FAILED' },
  });
  expect((await decide(id, root)).errors![0]!.extensions.code).toBe('FORBIDDEN');
  await decide(id);
  expect((await ended(app, (await execute(app, { tool: id }, author)).id, author)).result).toBe('new');
}, 90_000);

test('a tool that was rejected stays so when its toolkit has other code, and whoever submits it brings that along', async () => {
  await putToolkit('refused');
  const { tool } = await mutated(
    app,
    'createTool',
    { server: server.id, type: 'TOOLKIT_OPERATION', name: 'refused', operation: 'refused.go' },
    author,
    'tool { id }',
  );
  await mutated(app, 'submitTool', { id: tool.id }, author);
  const { approval } = await toolOf(tool.id);
  await mutated(app, 'decideApproval', { id: approval.id, digest: approval.digest, verdict: 'REJECTED', comment: 'No need' }, approver);

  await change('refused');
  await register('refused');

  expect(await toolOf(tool.id)).toMatchObject({
    approvalStatus: 'REJECTED',
    operationCode: await codeOf('refused'),
    currentVersion: 2,
    approval: { id: approval.id, status: 'REJECTED' },
  });
  await mutated(app, 'submitTool', { id: tool.id }, author);
  expect(await toolOf(tool.id)).toMatchObject({ approvalStatus: 'PENDING_REVIEW', approval: { status: 'PENDING' } });
});

test('a toolkit that is taken up with the same files, by a registration or a start, asks nobody', async () => {
  await putToolkit('steady');
  const id = await anAgreedTool('steady');
  const before = await toolOf(id);

  await storage.write('steady', { 'worker.mjs': workerOf(['go'], 'old') });
  await register('steady');
  await write(app.system, ownOrigin, installToolkits);

  expect(await toolOf(id)).toEqual(before);
});

test('a process that starts and finds other files asks anew before it serves anybody, and cancels what waits', async () => {
  await putToolkit('restarted');
  const id = await anAgreedTool('restarted', { requiresApproval: true });
  await change('restarted');
  await register('restarted');
  await decide(id);
  await storage.write('restarted', { 'lib/more.mjs': 'export const more = 1;' });
  const waiting = await execute(app, { tool: id }, author);

  await startTestApp({ TOOLKIT_STORAGE_DIR: storage.dir, DATABASE_URL: app.databaseUrl, DATA_DIR: app.dataDir, ROLE: 'api' });

  expect(await toolOf(id)).toMatchObject({ approvalStatus: 'PENDING_REVIEW', currentVersion: 3, approval: { status: 'PENDING' } });
  expect(await executionOf(app, waiting.id, author)).toMatchObject({ status: 'CANCELLED', job: { status: 'CANCELLED' } });
  await storage.write('restarted', { 'lib/more.mjs': 'export const more = 2;' });
  await write(app.system, ownOrigin, installToolkits);
  expect(await toolOf(id)).toMatchObject({ approvalStatus: 'PENDING_REVIEW', currentVersion: 4 });
}, 60_000);

/** A bundle of a toolkit whose `go` runs once at a time, and returns the word unless it is told to wait. */
const bundleOf = (word: string): Buffer => {
  const { go } = manifestOf('packed').operations;
  const worker = `export const register = (toolkit) => toolkit.operation('go', async ({ parameters, signal }) => {
    if (parameters.waits) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    return '${word}';
  });`;
  return zipOf([
    {
      name: 'toolkit.json',
      content: JSON.stringify({ ...manifestOf('packed'), operations: { go: { ...go, concurrency: { limit: 1 } } } }),
    },
    { name: 'worker.mjs', content: worker },
  ]);
};

test('a new bundle cancels uses that wait for a human and fails those that are queued; the same files once more do nothing', async () => {
  const send = async (word: string) =>
    mutated(app, 'uploadToolkitBundle', { file: await upload(app.url, bundleOf(word), 'bundle.zip', root) }, root);
  await send('old');
  const code = await codeOf('packed');
  const waits = await anAgreedTool('packed', { requiresApproval: true });
  const runs = await anAgreedTool('packed');
  await send('old');
  expect(await codeOf('packed')).toBe(code);
  expect((await toolOf(runs)).approvalStatus).toBe('APPROVED');
  const waiting = await execute(app, { tool: waits }, author);
  const { job: holder } = await mutated(app, 'enqueueJob', { name: 'packed.go', parameters: { waits: true } }, author, 'job { id }');
  await eventually(
    'the job that holds the place to run',
    () => sql('select status from jobs where id = $1', [holder.id]),
    ([row]) => row!.status === 'RUNNING',
  );
  const queued = await execute(app, { tool: runs }, author);
  await eventually(
    'the use to be parked',
    () => sql('select parked_at from jobs where id = $1', [queued.job.id]),
    ([row]) => row!.parked_at !== null,
  );

  await send('new');

  expect(await executionOf(app, waiting.id, author)).toMatchObject({ status: 'CANCELLED', job: { status: 'CANCELLED' } });
  expect((await toolOf(waits)).approvalStatus).toBe('PENDING_REVIEW');
  await mutated(app, 'cancelJob', { id: holder.id }, author);
  expect(await ended(app, queued.id, author)).toMatchObject({
    status: 'FAILED',
    result: null,
    error: expect.stringMatching(/is not approved$/),
  });
  await decide(runs);
  const again = await execute(app, { tool: runs }, author);
  expect((await ended(app, again.id, author)).result).toBe('new');
}, 120_000);

test('results that were kept answer nothing once the code is another one, not even when it is agreed to', async () => {
  await putToolkit('kept');
  const id = await anAgreedTool('kept', { cacheTtlMs: 3_600_000 });
  expect((await ended(app, (await execute(app, { tool: id }, author)).id, author)).result).toBe('old');
  expect(await execute(app, { tool: id }, author)).toMatchObject({ isCached: true, result: 'old' });

  await change('kept');
  await register('kept');
  await decide(id);

  const fresh = await execute(app, { tool: id }, author);
  expect(fresh.isCached).toBe(false);
  expect((await ended(app, fresh.id, author)).result).toBe('new');
}, 90_000);

test('a folder that was changed without telling anybody fails the use, and runs no code of it; a plain job has the change', async () => {
  await putToolkit('silent');
  const id = await anAgreedTool('silent');
  await change('silent');

  const execution = await ended(app, (await execute(app, { tool: id }, author)).id, author);

  expect(execution).toMatchObject({
    status: 'FAILED',
    result: null,
    error: expect.stringMatching(/has other code than somebody agreed to: registerToolkit /),
  });
  const { job } = await mutated(app, 'enqueueJob', { name: 'silent.go' }, author, 'job { id }');
  const result = await eventually(
    'the job to end',
    async () => (await data(app.url, 'query($id: ID!) { job(id: $id) { result } }', { id: job.id }, author)).job.result,
    (value) => value !== null,
  );
  expect(result).toBe('new');
}, 90_000);

test('a tool that was written while its toolkit changed cannot be used with other code, and its submission takes the new one', async () => {
  await putToolkit('raced');
  const agreed = await anAgreedTool('raced');
  const { tool: draft } = await mutated(
    app,
    'createTool',
    { server: server.id, type: 'TOOLKIT_OPERATION', name: 'raced', operation: 'raced.go' },
    author,
    'tool { id }',
  );
  await change('raced');
  // As if both had been written in that moment: whoever took up the code did not see them.
  const followers = app.system.services.get(CodeFollowers);
  app.system.services.add(new CodeFollowers([]));
  await register('raced');
  app.system.services.add(followers);

  expect(await refusalOf(agreed)).toMatchObject({
    message: /has other code than somebody agreed to/,
    extensions: { code: 'PRECONDITION_FAILED' },
  });
  await mutated(app, 'submitTool', { id: draft.id }, author);
  expect(await toolOf(draft.id)).toMatchObject({
    operationCode: await codeOf('raced'),
    currentVersion: 2,
    approvalStatus: 'PENDING_REVIEW',
  });
  await register('raced');
  expect((await toolOf(agreed)).approvalStatus).toBe('PENDING_REVIEW');
});

test('a draft takes the new code as a version and stays a draft, and a rollback brings no old code back', async () => {
  await putToolkit('drafted');
  const input = { server: server.id, type: 'TOOLKIT_OPERATION', name: 'drafted', operation: 'drafted.go' };
  const { tool } = await mutated(app, 'createTool', input, author, 'tool { id }');
  await change('drafted');
  await register('drafted');
  expect(await toolOf(tool.id)).toMatchObject({ operationCode: await codeOf('drafted'), approvalStatus: 'DRAFT', currentVersion: 2 });
  await mutated(app, 'updateTool', { id: tool.id, expectedRevision: 2, description: 'Goes on' }, author);

  await mutated(app, 'rollbackTool', { id: tool.id, expectedRevision: 3, versionNumber: 1 }, author);

  expect(await toolOf(tool.id)).toMatchObject({ operationCode: await codeOf('drafted'), currentVersion: 4 });
});

test('operations of Signalbox itself have no code of a toolkit', async () => {
  const input = { server: server.id, type: 'TOOLKIT_OPERATION', name: 'own', operation: 'upkeep.trimJobs' };
  const { tool } = await mutated(app, 'createTool', input, author, 'tool { id operationCode }');
  expect(tool.operationCode).toBeNull();
});
