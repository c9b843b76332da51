// npm run bench -- tools: a warm run of a trivial Python tool beside the sandbox alone, and from a decision to the start. See ../README.md.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { epochMs } from '../clock.mjs';
import { markdownTable } from '../markdown.mjs';
import { startProduct } from '../product.mjs';
import { quantile } from '../quantile.mjs';
import { numberSetting } from '../settings.mjs';
import { withDatabase } from '../with-database.mjs';

const runs = numberSetting('BENCH_RUNS', 50);
const decisions = numberSetting('BENCH_DECISIONS', 50);
const code = 'async def main(n):\n    return n + 1\n';
const inputSchema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
// Between runs, so that a process waits for each of them: what this measures is a warm run.
const pauseMs = numberSetting('BENCH_PAUSE_MS', 1_500);
const patienceMs = 120_000;

await withDatabase(async ({ databaseUrl, dataDir, closing }) => {
  const server = await startProduct({ databaseUrl, dataDir, ROLE: 'all' }, { nodeArgs: [] });
  closing.add(server.stop);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  closing.add(() => client.end());

  const quick = await aTool(server, client, 'quick', false);
  const asking = await aTool(server, client, 'asking', true);
  // The first run opens the sandbox, and the second one takes what was started meanwhile.
  for (let i = 0; i < 3; i += 1) await runOnce(server, client, quick, i);
  const ran = [];
  for (let i = 0; i < runs; i += 1) ran.push(await runOnce(server, client, quick, i));
  const alone = await aloneOf(join(dataDir, 'alone'));
  console.log(`\n${tableOf(ran, alone)}\n`);

  const waited = await decidedOnes(server, client, asking);
  console.log(`\n${markdownTable(['from a decision to', 'p50 ms', 'p99 ms'], [['the start of the run', ...shown(waited)]])}\n`);
});

async function aTool({ graphql }, client, name, requiresApproval) {
  const { createTool } = await graphql('mutation($input: CreateToolInput!) { createTool(input: $input) { tool { id } } }', {
    input: { type: 'PYTHON_CODE', name, pythonCode: code, inputSchema, requiresApproval },
  });
  const { id } = createTool.tool;
  await client.query(`update tools set approval_status = 'APPROVED', approved_at = now(), approved_by_name = 'bench' where id = $1`, [id]);
  return id;
}

async function execute({ graphql }, tool, n) {
  const { executeTool } = await graphql(
    'mutation($input: ExecuteToolInput!) { executeTool(input: $input) { toolExecution { id approval { id digest } } } }',
    {
      input: { tool, parameters: { n } },
    },
  );
  return executeTool.toolExecution;
}

/** From asking for a run to the moment in which its result is stored, by the clock of this machine. */
async function runOnce(server, client, tool, n) {
  await wait(pauseMs);
  const askedAt = epochMs();
  const { id } = await execute(server, tool, n);
  const row = await rowOf(client, id, ({ status }) => status === 'SUCCEEDED' || status === 'FAILED');
  if (row.status !== 'SUCCEEDED' || row.result !== n + 1) throw new Error(`The execution is ${row.status}: ${row.error}`);
  return { total: row.completed - askedAt, ran: row.completed - row.started };
}

async function rowOf(client, id, holds) {
  for (const giveUpAt = epochMs() + patienceMs; epochMs() < giveUpAt;) {
    const { rows } = await client.query(
      `select status, error, result, (extract(epoch from started_at) * 1000)::float8 as started, (extract(epoch from completed_at) * 1000)::float8 as completed
       from tool_executions where id = $1`,
      [id],
    );
    if (holds(rows[0])) return rows[0];
    await wait(5);
  }
  throw new Error('an execution did not end in time');
}

/** The same code in the same sandbox, with nothing around it: a process is waiting for each run. */
async function aloneOf(folder) {
  const { PythonSandbox } = await import('../../dist/src/domains/tools/sandbox/python-sandbox.js');
  const log = { info() {}, warn() {}, error() {}, debug() {} };
  const sandbox = await PythonSandbox.open({ log, folder });
  const took = [];
  for (let i = 0; i < runs + 3; i += 1) {
    await wait(pauseMs);
    const began = epochMs();
    const end = await sandbox.run({
      code,
      parameters: { n: i },
      allowedModules: [],
      timeoutMs: 30_000,
      memoryBytes: 256 * 1024 ** 2,
      signal: new AbortController().signal,
      onLine() {},
      onProgress() {},
      readSecret: async () => null,
      fetch: async () => {
        throw new Error('nothing is asked');
      },
    });
    if (end.result !== i + 1) throw new Error(`The sandbox alone said ${JSON.stringify(end)}`);
    if (i >= 3) took.push({ total: epochMs() - began, own: end.durationMs });
  }
  await sandbox.stop();
  return took;
}

/** From the decision, by the clock of the database, to the beginning of the run, by the same. */
async function decidedOnes(server, client, tool) {
  const approver = await anApprover(server);
  const waited = [];
  for (let i = 0; i < decisions; i += 1) {
    await wait(pauseMs);
    const { id, approval } = await execute(server, tool, i);
    await approver('mutation($input: DecideApprovalInput!) { decideApproval(input: $input) { approval { status } } }', {
      input: { id: approval.id, digest: approval.digest, verdict: 'APPROVED' },
    });
    const { started } = await rowOf(client, id, (row) => row.status === 'SUCCEEDED');
    const { rows } = await client.query(
      'select (extract(epoch from responded_at) * 1000)::float8 as decided from approvals where id = $1',
      [approval.id],
    );
    waited.push(started - rows[0].decided);
  }
  return waited;
}

async function anApprover({ graphql, url }) {
  const password = randomBytes(16).toString('hex');
  const { createUser } = await graphql('mutation($input: CreateUserInput!) { createUser(input: $input) { user { id } } }', {
    input: { username: 'approver', password },
  });
  await graphql('mutation($input: AssignRoleInput!) { assignRole(input: $input) { cursor } }', {
    input: { userId: createUser.user.id, role: 'approver' },
  });
  const post = async (query, variables, headers = {}) => {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await answer.json();
    if (errors) throw new Error(`Signalbox answered: ${errors[0].message}`);
    return data;
  };
  const { signIn } = await post('mutation($input: SignInInput!) { signIn(input: $input) { accessToken } }', {
    input: { username: 'approver', password },
  });
  return (query, variables) => post(query, variables, { authorization: `Bearer ${signIn.accessToken}` });
}

function shown(values) {
  return [quantile(values, 0.5).toFixed(1), quantile(values, 0.99).toFixed(1)];
}

function tableOf(ran, alone) {
  const of = (all, key) => all.map((each) => each[key]);
  const added = quantile(of(ran, 'total'), 0.5) - quantile(of(alone, 'total'), 0.5);
  return markdownTable(
    ['a trivial Python tool, warm', 'p50 ms', 'p99 ms'],
    [
      ['from asking for it to its stored result', ...shown(of(ran, 'total'))],
      ['of that, its run', ...shown(of(ran, 'ran'))],
      ['the sandbox alone', ...shown(of(alone, 'total'))],
      ['of that, the code', ...shown(of(alone, 'own'))],
      ['added by everything around the sandbox', added.toFixed(1), ''],
    ],
  );
}
