import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { startTestApp } from '../../../support/app.js';
import { data, signIn } from '../../../support/client.js';
import { ended, execute, executionOf, followExecution } from '../../../support/executions.js';
import { mutate, mutated } from '../../../support/mutation.js';
import { eventually, jobOf, openSql } from '../../../support/probe.js';
import { aSecret } from '../../../support/secrets.js';
import { anApprovedTool, aServer, aTool } from '../../../support/tools.js';
import { signedIn } from '../../../support/users.js';

const app = await startTestApp();
const sql = await openSql(app.databaseUrl);
const root = await signIn(app.url);
const operator = await signedIn(app, 'otto', ['operator']);
const viewer = await signedIn(app, 'vera', ['viewer']);

const secretText = 'hunter2-äöü "quoted"';
const adding = {
  pythonCode:
    'import signalbox\nasync def main(a, b=1):\n    print("adding")\n    await signalbox.progress(50, "half")\n    return {"sum": a + b}\n',
  inputSchema: {
    type: 'object',
    required: ['a'],
    properties: { a: { type: 'integer' }, b: { type: 'integer' } },
    additionalProperties: false,
  },
};

test('[cdsa-21] [mcpbox-63] an execution is followed from its request to its result: states, lines and progress in one feed that ends', async () => {
  const tool = await anApprovedTool(app, adding);

  const asked = await execute(app, { tool: tool.id, parameters: { a: 2 } }, operator);
  const feed = await followExecution(app, asked.id, operator, asked.cursor).ended(180_000);

  const statuses = feed.items.filter(({ kind }) => kind === 'STATUS').map(({ status }) => status);
  expect(statuses).toEqual(['QUEUED', 'RUNNING', 'SUCCEEDED']);
  expect(feed.items.filter(({ kind }) => kind === 'OUTPUT').map(({ stream, message }) => [stream, message])).toEqual([
    ['STDOUT', 'adding'],
  ]);
  expect(feed.items.map(({ seq }) => seq)).toEqual(feed.items.map((_, i) => i + 1));
  expect(feed.items.at(-1)).toMatchObject({ status: 'SUCCEEDED', execution: { status: 'SUCCEEDED', result: { sum: 3 } } });
  expect(feed.pages.at(-1)).toMatchObject({ state: 'ENDED', reason: 'SUCCEEDED', total: feed.items.length });
  expect(await executionOf(app, asked.id, operator)).toMatchObject({
    status: 'SUCCEEDED',
    isSuccessful: true,
    isComplete: true,
    parameters: { a: 2 },
    result: { sum: 3 },
    stdout: 'adding',
    error: null,
    executedByName: 'otto',
    durationMs: expect.any(Number),
    job: { status: 'SUCCEEDED' },
  });
  await feed.stop();
}, 240_000);

test('what a run tells comes again from the cursor at which a client left, without a gap and without a double', async () => {
  const tool = await anApprovedTool(app, { pythonCode: 'async def main():\n    for i in range(5):\n        print(i)\n' });
  const asked = await execute(app, { tool: tool.id }, operator);
  const whole = await followExecution(app, asked.id, operator, asked.cursor).ended(120_000);
  const first = whole.pages[0]!;

  const rest = await followExecution(app, asked.id, operator, first.cursor).ended();

  expect([...first.items, ...rest.items].map(({ seq, message }) => [seq, message])).toEqual(
    whole.items.map(({ seq, message }) => [seq, message]),
  );
  await Promise.all([whole.stop(), rest.stop()]);
}, 150_000);

test('[mcpbox-43] [mcpbox-63] a secret that a run reads or is given is stored nowhere, in no form, whatever the code does with it', async () => {
  const server = await aServer(app, { status: 'RUNNING' });
  await aSecret(app, null, { name: 'API_KEY', serverId: server.id, value: secretText });
  const tool = await anApprovedTool(app, {
    server,
    inputSchema: {
      type: 'object',
      properties: { password: { type: 'string' }, code: { type: 'string', 'x-secret': true }, plain: { type: 'string' } },
    },
    pythonCode: `import base64, json, urllib.parse, signalbox
async def main(password, code, plain):
    key = secrets["API_KEY"]
    for each in (key, password, code):
        print(each, base64.b64encode(("u:" + each).encode()).decode(), urllib.parse.quote(each, safe=""), json.dumps(each, ensure_ascii=False))
    print("." * 16380 + key + "." * 20000)
    await signalbox.progress(10, "with " + key)
    await signalbox.progress(20, "." * 990 + key)
    return {"key": key, key: plain, "length": len(key)}
`,
  });
  const given = { password: 'correct-horse-1', code: 'x-9f8e7d6c5b', plain: 'shown' };

  const asked = await execute(app, { tool: tool.id, parameters: given }, operator);
  const done = await ended(app, asked.id, operator);

  expect(done).toMatchObject({
    status: 'SUCCEEDED',
    parameters: { password: '[redacted]', code: '[redacted]', plain: 'shown' },
    result: { key: '[redacted]', '[redacted]': 'shown', length: secretText.length },
  });
  const tables = [
    'tool_executions',
    'tool_execution_events',
    'jobs',
    'job_events',
    'job_log_lines',
    'changes',
    'approvals',
    'secret_accesses',
  ];
  const stored = (await Promise.all(tables.map((table) => sql(`select coalesce(json_agg(t), '[]')::text as all from ${table} t`)))).map(
    ([row]) => row!.all as string,
  );
  const forms = [secretText, given.password, given.code].flatMap((text) => [
    text,
    JSON.stringify(text).slice(1, -1),
    encodeURIComponent(text),
    // What is left of it where a line or a message is cut.
    text.slice(4),
    text.slice(0, 10),
    Buffer.from(`u:${text}`).toString('base64').slice(4, -4),
  ]);
  for (const form of forms)
    for (const text of stored) expect(text.includes(form) || text.includes(JSON.stringify(form).slice(1, -1))).toBe(false);
  const messages = await sql(
    `select length(message) as n from tool_execution_events where execution_id = $1 and kind = 'PROGRESS' order by seq`,
    [asked.id],
  );
  expect(messages.map(({ n }) => n)).toEqual(['with [redacted]'.length, 1_000]);
  expect(await sql(`select secret_name, is_successful from secret_accesses where execution_id = $1`, [asked.id])).toEqual([
    { secret_name: 'API_KEY', is_successful: true },
  ]);
}, 150_000);

test('parameters that do not fit are refused with the path of each, and nothing is run', async () => {
  const tool = await anApprovedTool(app, adding);

  const { errors } = await mutate(app, 'executeTool', { tool: tool.id, parameters: { a: 'two', c: 1 } }, operator);

  expect(errors![0]!.extensions).toMatchObject({
    code: 'BAD_USER_INPUT',
    paths: expect.arrayContaining(['input.parameters.a', 'input.parameters.c']),
  });
  expect(await sql('select 1 from tool_executions where tool_id = $1', [tool.id])).toEqual([]);
});

test('[mcpbox-13] [mcpbox-33] only tools that are approved and enabled, on a server that is not stopped, can be run', async () => {
  const stopped = await aServer(app, { status: 'STOPPED' });
  const refusedTools = [await aTool(app), await anApprovedTool(app, { isEnabled: false }), await anApprovedTool(app, { server: stopped })];
  const guarded = await anApprovedTool(app, { requiredPermission: 'user:delete' });
  const good = await anApprovedTool(app);

  const answers = await Promise.all(refusedTools.map(({ id }) => mutate(app, 'executeTool', { tool: id }, operator)));
  const forbidden = await mutate(app, 'executeTool', { tool: guarded.id }, operator);
  const byViewer = await mutate(app, 'executeTool', { tool: good.id }, viewer);
  const missing = await mutate(app, 'executeTool', { tool: '00000000-0000-7000-8000-000000000000' }, operator);

  expect(answers.map(({ errors }) => errors![0]!.extensions.code)).toEqual([
    'PRECONDITION_FAILED',
    'PRECONDITION_FAILED',
    'PRECONDITION_FAILED',
  ]);
  expect([forbidden, byViewer, missing].map(({ errors }) => errors![0]!.extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'NOT_FOUND']);
  const tools = [...refusedTools, guarded, good].map(({ id }) => id);
  expect(await sql('select 1 from tool_executions where tool_id = any($1)', [tools])).toEqual([]);
});

test('a tool that is disabled between its request and its run does not run', async () => {
  const tool = await anApprovedTool(app, {
    ...adding,
    maxConcurrentExecutions: 1,
    pythonCode: 'import asyncio\nasync def main(a):\n    await asyncio.sleep(3)\n',
  });
  const first = await execute(app, { tool: tool.id, parameters: { a: 1 } }, operator);
  const second = await execute(app, { tool: tool.id, parameters: { a: 1 } }, operator);
  await eventually(
    'the first to run',
    () => executionOf(app, first.id, operator),
    ({ status }) => status === 'RUNNING',
    60_000,
  );

  await mutated(app, 'disableTool', { id: tool.id }, root);

  expect(await ended(app, second.id, operator)).toMatchObject({ status: 'FAILED', error: `The tool ${tool.name} is disabled`, stdout: '' });
  expect((await ended(app, first.id, operator)).status).toBe('SUCCEEDED');
}, 150_000);

test('[cdsa-19] [mcpbox-32] of a tool no more runs take place at once than it allows, and each only for its time', async () => {
  const server = await aServer(app, { status: 'RUNNING', defaultTimeoutMs: 60_000 });
  const slow = { server, pythonCode: 'async def main():\n    while True: pass\n', timeoutMs: 1_000, maxConcurrentExecutions: 1 };
  const tool = await anApprovedTool(app, slow);

  const asked = await Promise.all([1, 2].map(() => execute(app, { tool: tool.id }, operator)));
  const done = await Promise.all(asked.map(({ id }) => ended(app, id, operator)));

  expect(done.map(({ status }) => status)).toEqual(['FAILED', 'FAILED']);
  for (const { error } of done) expect(error).toMatch(/1000 ms|1 s|time/i);
  const [one, other] = done.sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  expect(one!.completedAt <= other!.startedAt).toBe(true);
}, 150_000);

test('[cdsa-23] [cdsa-28] the same question is answered out of the cache until its time is over, and the answers are counted', async () => {
  const tool = await anApprovedTool(app, { ...adding, cacheTtlMs: 600_000 });
  const first = await ended(app, (await execute(app, { tool: tool.id, parameters: { a: 1, b: 2 } }, operator)).id, operator);

  const second = await execute(app, { tool: tool.id, parameters: { b: 2, a: 1 } }, operator);
  const other = await execute(app, { tool: tool.id, parameters: { a: 1, b: 3 } }, operator);
  const skipped = await execute(app, { tool: tool.id, parameters: { a: 1, b: 2 }, isCacheSkipped: true }, operator);
  const feed = await followExecution(app, second.id, operator, second.cursor).ended();

  expect(first).toMatchObject({ isCached: false, cacheEntry: { hitCount: 0 } });
  expect(second).toMatchObject({ status: 'SUCCEEDED', isCached: true, result: { sum: 3 }, job: null, cacheKey: first.cacheKey });
  expect(second.cacheEntry).toEqual({ id: first.cacheEntry.id, hitCount: 1 });
  expect([other, skipped].map(({ isCached, job }) => [isCached, job === null])).toEqual([
    [false, false],
    [false, false],
  ]);
  expect(feed.items.map(({ seq, status, execution }) => [seq, status, execution.result])).toEqual([[1, 'SUCCEEDED', { sum: 3 }]]);
  await Promise.all([other, skipped].map(({ id }) => ended(app, id, operator)));

  await sql(`update tool_cache_entries set expires_at = now() where tool_id = $1`, [tool.id]);
  const late = await execute(app, { tool: tool.id, parameters: { a: 1, b: 2 } }, operator);
  expect(late.isCached).toBe(false);
  await ended(app, late.id, operator);
  await feed.stop();
}, 200_000);

test('what a run returns that has read a secret answers nobody else', async () => {
  const server = await aServer(app, { status: 'RUNNING' });
  await aSecret(app, null, { name: 'API_KEY', serverId: server.id, value: 'hush hush' });
  const tool = await anApprovedTool(app, {
    server,
    cacheTtlMs: 600_000,
    pythonCode: 'async def main():\n    return len(secrets["API_KEY"])\n',
  });
  const first = await ended(app, (await execute(app, { tool: tool.id }, operator)).id, operator);
  expect(first).toMatchObject({ status: 'SUCCEEDED', result: 9, cacheKey: null, cacheEntry: null });

  const second = await execute(app, { tool: tool.id }, operator);

  expect(second.isCached).toBe(false);
  await ended(app, second.id, operator);
}, 150_000);

test('parameters that would take for ever to be looked at are refused, and so are more secrets than can be looked for', async () => {
  const slow = { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } };
  const tool = await anApprovedTool(app, { ...adding, inputSchema: slow });
  const refusalOf = async (parameters: object) => (await mutate(app, 'executeTool', { tool: tool.id, parameters }, operator)).errors;

  expect(await refusalOf({ a: `${'a'.repeat(60)}!` })).toMatchObject([
    { extensions: { code: 'LIMIT_EXCEEDED', paths: ['input.parameters'] } },
  ]);
  expect(await refusalOf({ tokens: Array.from({ length: 1_001 }, (_, i) => `token ${i}`) })).toMatchObject([
    { message: 'Parameters have at most 1000 secrets in them', extensions: { code: 'BAD_USER_INPUT', paths: ['input.parameters'] } },
  ]);
  expect(await sql('select 1 from tool_executions where tool_id = $1', [tool.id])).toEqual([]);
});

test('[mcpbox-64] of a result that is too large the beginning is kept, as text, and it answers nobody else', async () => {
  const tool = await anApprovedTool(app, { cacheTtlMs: 600_000, pythonCode: 'async def main():\n    return "x" * 400_000\n' });

  const done = await ended(app, (await execute(app, { tool: tool.id }, operator)).id, operator);

  expect(done).toMatchObject({ status: 'SUCCEEDED', isResultTruncated: true, cacheEntry: null });
  expect(done.result).toMatch(/^"x{100000}/);
  expect(done.result.length).toBeLessThan(262_145);
}, 150_000);

test('[mcpbox-13] [mcpbox-65] a tool that is not approved can be tried, without secrets and without hosts that nobody approved', async () => {
  const server = await aServer(app);
  await aSecret(app, null, { name: 'API_KEY', serverId: server.id, value: secretText });
  const listener = createServer((_request, response) => response.end('reached')).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  afterAll(() => listener.close());
  const { port } = listener.address() as AddressInfo;
  const tool = await aTool(app, {
    server,
    pythonCode: `import signalbox
async def main():
    try:
        key = secrets["API_KEY"]
    except Exception as error:
        key = None
    try:
        answer = (await signalbox.http.get("http://127.0.0.1:${port}/")).text
    except Exception as error:
        answer = str(error)
    return {"key": key, "answer": answer}
`,
  });

  const asked = await execute(app, { tool: tool.id }, operator, 'testTool');
  const done = await ended(app, asked.id, operator);

  expect(done).toMatchObject({ isTest: true, isSuccessful: true, result: { key: null }, cacheKey: null });
  expect(done.result.answer).toContain('not on the list of allowed hosts');
  expect(await sql(`select 1 from secret_accesses where execution_id = $1`, [asked.id])).toEqual([]);
}, 150_000);

test('who did not ask for an execution and may not see those of others sees none, and cannot stop it', async () => {
  const tool = await anApprovedTool(app, { pythonCode: 'import asyncio\nasync def main():\n    await asyncio.sleep(60)\n' });
  const asked = await execute(app, { tool: tool.id }, operator);
  await eventually(
    'it to run',
    () => executionOf(app, asked.id, operator),
    ({ status }) => status === 'RUNNING',
    60_000,
  );

  expect(await executionOf(app, asked.id, viewer)).toBe(null);
  const ofOthers = '{ jobs(filter: { name: { eq: "tools.execute" } }) { totalCount } }';
  expect(await jobOf(app.url, asked.job.id, viewer)).toBe(null);
  expect(await data(app.url, ofOthers, {}, viewer)).toEqual({ jobs: { totalCount: 0 } });
  expect((await data(app.url, ofOthers, {}, root)).jobs.totalCount).toBeGreaterThan(0);
  const hidden = await mutate(app, 'cancelToolExecution', { id: asked.id }, viewer);
  expect(hidden.errors![0]!.extensions.code).toBe('NOT_FOUND');
  expect((await executionOf(app, asked.id, operator)).status).toBe('RUNNING');

  await mutated(app, 'cancelToolExecution', { id: asked.id }, operator);

  expect(await ended(app, asked.id, operator)).toMatchObject({ status: 'CANCELLED', job: { status: 'CANCELLED' } });
  const again = await mutate(app, 'cancelToolExecution', { id: asked.id }, operator);
  expect(again.errors![0]!.extensions.code).toBe('PRECONDITION_FAILED');
}, 150_000);

test('the same key of the same caller gives the same execution, however often it is sent at once', async () => {
  const tool = await anApprovedTool(app, adding);
  const input = { tool: tool.id, parameters: { a: 5 }, idempotencyKey: 'once' };

  const asked = await Promise.all(Array.from({ length: 5 }, () => execute(app, input, operator)));

  expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
  expect(await sql('select 1 from tool_executions where tool_id = $1', [tool.id])).toHaveLength(1);
  const { errors } = await mutate(app, 'executeTool', { ...input, parameters: { a: 6 } }, operator);
  expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT', paths: ['input.idempotencyKey'] } }]);
  expect(await sql('select 1 from tool_executions where tool_id = $1', [tool.id])).toHaveLength(1);
  await ended(app, asked[0]!.id, operator);
}, 120_000);
