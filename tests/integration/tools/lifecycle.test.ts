import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { eventsOfExecution } from '#domains/tools/executions/execution-streams.js';
import { ToolExecution } from '#domains/tools/executions/tool-execution.entity.js';
import { ExternalMcpSource } from '#domains/tools/sources/external-mcp-source.entity.js';
import { recording, rowsOf } from '../../support/changes.js';
import { data, type Auth } from '../../support/client.js';
import { approvalOf, decide } from '../../support/decide.js';
import { mutate, mutated, refused } from '../../support/mutation.js';
import { aRow } from '../../support/planted.js';
import { startToolApp } from '../../support/tool-app.js';
import { anApprovedTool, aServer, aTool } from '../../support/tools.js';
import { signedIn } from '../../support/users.js';

const app = await startToolApp();
const author = await signedIn(app, 'olga', ['operator']);
const admin = await signedIn(app, 'adam', ['admin']);
const approver = await signedIn(app, 'anna', ['approver']);
const viewer = await signedIn(app, 'vera', ['viewer']);
const stranger = await signedIn(app, 'sven');

const hello = 'async def main(name: str):\n    return f"Hello {name}"\n';
const byName = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };
const fields = `id revision name type approvalStatus isEnabled currentVersion pythonCode timeoutMs riskLevel neededModules createdByName
  approvedAt approvedByName rejectionReason approvalRequestedAt publishNotes approval { id status digest } server { status }`;
const selection = `tool { ${fields} }`;
const run = async (name: string, input: object, auth: Auth = author): Promise<Record<string, any>> =>
  (await mutated(app, name, input, auth, selection)).tool;
const toolOf = async (id: string): Promise<Record<string, any>> =>
  (await data(app.url, `query($id: ID!) { tool(id: $id) { ${fields} } }`, { id }, admin)).tool;
const versionsOf = async (id: string): Promise<Record<string, any>[]> =>
  (
    await data(
      app.url,
      `query($id: ID!) { tool(id: $id) { versions(orderBy: [{ field: VERSION_NUMBER }]) { nodes {
        versionNumber name pythonCode changeSource changeSummary createdByName digest isEnabled } } } }`,
      { id },
      admin,
    )
  ).tool.versions.nodes;
const stored = (id: string) =>
  rowsOf(
    app,
    sql`select to_jsonb(t) as tool, (select count(*) from tool_versions where tool_id = t.id) as versions,
      (select json_agg(a order by a.id) from approvals a where a.subject_id = t.id) as approvals from tools t where id = ${id}::uuid`,
  );
/** How a mutation was refused, after making sure that the tool is what it was. */
const refusal = async (name: string, input: { id: string }, auth: Auth = author) => {
  const before = await stored(input.id);
  const answer = await refused(app, name, input, auth);
  expect(await stored(input.id)).toEqual(before);
  return answer;
};
const newTool = async (values: object = {}): Promise<Record<string, any>> => {
  const server = await aServer(app);
  return run('createTool', { server: server.id, type: 'PYTHON_CODE', name: 'hello', pythonCode: hello, inputSchema: byName, ...values });
};
const submitted = async (values: object = {}): Promise<Record<string, any>> => run('submitTool', { id: (await newTool(values)).id });

test('[mcpbox-10] [mcpbox-31] [mcpbox-35] a tool begins as a draft with its first version', async () => {
  const { result: tool, changes } = await recording(app, () => newTool({ changeSummary: 'First try' }));

  expect(tool).toMatchObject({
    approvalStatus: 'DRAFT',
    currentVersion: 1,
    isEnabled: true,
    createdByName: 'olga',
    neededModules: [],
    approval: null,
  });
  expect(await versionsOf(tool.id)).toEqual([
    {
      versionNumber: 1,
      name: 'hello',
      pythonCode: hello,
      changeSource: 'MANUAL',
      changeSummary: 'First try',
      createdByName: 'olga',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      isEnabled: true,
    },
  ]);
  expect(changes.map(({ action, target_id }) => [action, target_id])).toEqual([['tools.tool.created', tool.id]]);
});

test.each([
  ['code that does not parse', { pythonCode: 'async def main():\n    return (\n' }, ['input.pythonCode'], /line 2: /],
  ['code without async def main', { pythonCode: 'def helper():\n    pass\n' }, ['input.pythonCode'], /async def main/],
  ['no code', { pythonCode: null }, ['input.pythonCode'], /has pythonCode/],
  ['a name with a blank', { name: 'say hello' }, ['input.name'], /128/],
  ['a schema that is none', { inputSchema: { type: 'object', properties: 5 } }, ['input.inputSchema'], /no JSON Schema/],
  ['a schema of something else', { inputSchema: { type: 'string' } }, ['input.inputSchema'], /"type": "object"/],
  ['an operation for Python code', { operation: 'upkeep.trimJobs' }, ['input.operation'], /TOOLKIT_OPERATION only/],
  [
    'an operation that is not there',
    { type: 'TOOLKIT_OPERATION', pythonCode: null, operation: 'no.such' },
    ['input.operation'],
    /upkeep\.trimJobs/,
  ],
  [
    'a passthrough without a source',
    { type: 'MCP_PASSTHROUGH', pythonCode: null, externalToolName: 'x' },
    ['input.externalSource'],
    /own server/,
  ],
  ['a time limit of nothing', { timeoutMs: 0 }, ['input.timeoutMs'], /between 100/],
  ['a permission that is not there', { requiredPermission: 'moon:land' }, ['input.requiredPermission'], /no permission moon:land/],
  ['too long a summary', { changeSummary: 'x'.repeat(501) }, ['input.changeSummary'], /500/],
])('%s is refused at its place', async (_case, values, paths, message) => {
  const server = await aServer(app);
  const input = { server: server.id, type: 'PYTHON_CODE', name: 'wrong', pythonCode: hello, ...values };

  expect(await refused(app, 'createTool', input, author)).toMatchObject({
    code: 'BAD_USER_INPUT',
    paths,
    message: expect.stringMatching(message),
  });
  expect(await rowsOf(app, sql`select id from tools where server_id = ${server.id}::uuid`)).toEqual([]);
});

test('a tool that runs an operation takes its parameters when nothing else is said', async () => {
  const { id } = await run('createTool', { type: 'TOOLKIT_OPERATION', name: 'trim', operation: 'upkeep.trimJobs' });

  expect((await data(app.url, 'query($id: ID!) { tool(id: $id) { server { id } inputSchema } }', { id }, viewer)).tool).toEqual({
    server: null,
    inputSchema: expect.objectContaining({ type: 'object' }),
  });
});

test('[mcpbox-31] a passthrough names a tool of an external source of its own server', async () => {
  const [server, other] = [await aServer(app), await aServer(app)];
  const source = await aRow(app, ExternalMcpSource, { server: server.id });
  const input = { type: 'MCP_PASSTHROUGH', name: 'echo', externalSource: source, externalToolName: 'echo' };

  const { id, type } = await run('createTool', { ...input, server: server.id });

  expect(type).toBe('MCP_PASSTHROUGH');
  expect(
    (await data(app.url, 'query($id: ID!) { tool(id: $id) { externalSource { id } externalToolName } }', { id }, viewer)).tool,
  ).toEqual({
    externalSource: { id: source },
    externalToolName: 'echo',
  });
  expect(await refused(app, 'createTool', { ...input, server: other.id }, author)).toMatchObject({ paths: ['input.externalSource'] });
});

test('[mcpbox-39] a version that an API token made says so', async () => {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const { token } = await mutated(
    app,
    'createApiToken',
    { name: 'agent', scopes: ['tool:read', 'tool:write'], expiresAt },
    author,
    'token',
  );
  const { id } = await aTool(app, { pythonCode: hello });

  await run('updateTool', { id, expectedRevision: 1, description: 'Greets' }, { token });

  expect((await versionsOf(id)).map(({ changeSource, createdByName }) => [changeSource, createdByName])).toEqual([
    ['MANUAL', 'signalbox'],
    ['LLM', 'olga'],
  ]);
});

test('[mcpbox-34] two tools of one server do not have one name, and tools of two servers may', async () => {
  const server = await aServer(app);
  const other = await aServer(app);
  const input = { server: server.id, type: 'PYTHON_CODE', name: 'same', pythonCode: hello };
  await run('createTool', input);

  expect(await refused(app, 'createTool', input, author)).toMatchObject({ code: 'CONFLICT', paths: ['input.name'] });
  expect((await run('createTool', { ...input, server: other.id })).name).toBe('same');
});

test('[mcpbox-10] [cdsa-54] a submitted tool waits for somebody with tool:approve, and is approved as it was seen', async () => {
  const tool = await submitted({ riskLevel: 'HIGH', requiresApproval: true });
  const waiting = await approvalOf(app, tool.approval.id, approver);

  await decide(app, tool.approval.id, approver);

  expect(tool).toMatchObject({ approvalStatus: 'PENDING_REVIEW', approvalRequestedAt: expect.any(String), server: { status: 'IMPORTED' } });
  expect(waiting).toMatchObject({
    kind: 'TOOL_PUBLICATION',
    status: 'PENDING',
    riskLevel: 'HIGH',
    subjectName: 'hello',
    requesterName: 'olga',
  });
  expect(await toolOf(tool.id)).toMatchObject({
    approvalStatus: 'APPROVED',
    approvedAt: expect.any(String),
    approvedByName: 'anna',
    approval: { id: tool.approval.id, status: 'APPROVED', digest: (await versionsOf(tool.id))[0]!.digest },
    server: { status: 'READY' },
  });
});

test('whoever wrote a part of what waits does not decide on it, also when another submitted it; earlier parts count no more', async () => {
  const ada = await signedIn(app, 'ada', ['operator', 'approver']);
  const draft = await newTool();
  await run('updateTool', { id: draft.id, expectedRevision: draft.revision, pythonCode: hello.replace('Hello', 'Bye') }, ada);
  await run('updateTool', { id: draft.id, expectedRevision: draft.revision + 1, description: 'Takes leave' });
  const { approval, revision } = await run('submitTool', { id: draft.id });
  const decision = { id: approval.id, digest: approval.digest, verdict: 'APPROVED' };

  const before = await stored(draft.id);
  expect(await refused(app, 'decideApproval', decision, ada)).toMatchObject({
    code: 'FORBIDDEN',
    message: 'Nobody decides on what they made themselves',
  });
  expect(await stored(draft.id)).toEqual(before);
  await decide(app, approval.id, approver);

  const next = await run('updateTool', { id: draft.id, expectedRevision: revision + 1, pythonCode: hello });
  await decide(app, next.approval.id, ada);
  expect(await toolOf(draft.id)).toMatchObject({ approvalStatus: 'APPROVED', approvedByName: 'ada', currentVersion: 4 });
});

test('[mcpbox-10] a refused tool says why, and can be submitted again', async () => {
  const tool = await submitted();
  await decide(app, tool.approval.id, approver, 'REJECTED', 'It greets nobody');
  const refusedTool = await toolOf(tool.id);

  const again = await run('submitTool', { id: tool.id, publishNotes: 'Now it does' });

  expect(refusedTool).toMatchObject({ approvalStatus: 'REJECTED', rejectionReason: 'It greets nobody', approvedAt: null });
  expect(again).toMatchObject({ approvalStatus: 'PENDING_REVIEW', rejectionReason: null, publishNotes: 'Now it does' });
  expect(again.approval.id).not.toBe(tool.approval.id);
});

test('[mcpbox-11] changing the code of an approved tool asks again, and of a draft leaves it one', async () => {
  const draft = await newTool();
  const approved = await submitted();
  await decide(app, approved.approval.id, approver);
  const { revision } = await toolOf(approved.id);
  const pythonCode = hello.replace('Hello', 'Goodbye');

  const changedDraft = await run('updateTool', { id: draft.id, expectedRevision: draft.revision, pythonCode });
  const changed = await run('updateTool', { id: approved.id, expectedRevision: revision, pythonCode, changeSummary: 'Politer' });

  expect(changedDraft).toMatchObject({ approvalStatus: 'DRAFT', currentVersion: 2, approval: null });
  expect(changed).toMatchObject({
    approvalStatus: 'PENDING_REVIEW',
    currentVersion: 2,
    approvedAt: null,
    approvedByName: null,
    approval: { status: 'PENDING' },
    server: { status: 'IMPORTED' },
  });
  expect((await versionsOf(approved.id)).map(({ versionNumber, changeSummary }) => [versionNumber, changeSummary])).toEqual([
    [1, null],
    [2, 'Politer'],
  ]);
});

test('[mcpbox-11] a change while somebody is asked cancels that and asks anew: what was seen before cannot be approved any more', async () => {
  const tool = await submitted();
  const seen = await approvalOf(app, tool.approval.id, approver);

  const changed = await run('updateTool', { id: tool.id, expectedRevision: tool.revision, description: 'Says hello' });
  const late = await mutate(app, 'decideApproval', { id: seen.id, digest: seen.digest, verdict: 'APPROVED' }, approver);
  const crossed = await mutate(app, 'decideApproval', { id: changed.approval.id, digest: seen.digest, verdict: 'APPROVED' }, approver);

  expect(await approvalOf(app, seen.id, approver)).toMatchObject({
    status: 'CANCELLED',
    rejectionReason: expect.stringContaining('version 2'),
  });
  expect(late.errors![0]!.extensions.code).toBe('PRECONDITION_FAILED');
  expect(crossed.errors![0]!.extensions.code).toBe('CONFLICT');
  expect((await toolOf(tool.id)).approvalStatus).toBe('PENDING_REVIEW');
});

test.each([
  ['its name', { name: 'hi' }, true],
  ['its description', { description: 'Greets' }, true],
  ['its schema', { inputSchema: { type: 'object' } }, true],
  ['its risk', { riskLevel: 'MEDIUM' }, true],
  ['whether runs need an approval', { requiresApproval: true }, true],
  ['whose permission it takes', { requiredPermission: 'job:read' }, true],
  ['its time limit', { timeoutMs: 5_000 }, true],
  ['how often it runs at once', { maxConcurrentExecutions: 2 }, true],
  ['how often it is tried', { maxAttempts: 2 }, true],
  ['how long results are kept', { cacheTtlMs: 60_000 }, true],
  ['its name for people', { displayName: 'Hello there' }, false],
  ['its category', { category: 'COMMUNICATION' }, false],
])('changing %s of an approved tool makes a version, and asks again: %s %s', async (_what, change, asksAgain) => {
  const { id } = await anApprovedTool(app, { pythonCode: hello });

  const tool = await run('updateTool', { id, expectedRevision: 1, ...change });

  expect(tool).toMatchObject({ currentVersion: 2, approvalStatus: asksAgain ? 'PENDING_REVIEW' : 'APPROVED' });
});

test('[cdsa-18] [cdsa-19] [mcpbox-32] a tool declares its limits, its risk and whose permission it takes, and is submitted with them', async () => {
  const declared = {
    requiresApproval: true,
    riskLevel: 'CRITICAL',
    requiredPermission: 'job:read',
    maxConcurrentExecutions: 3,
    timeoutMs: 5_000,
    maxAttempts: 2,
    cacheTtlMs: 3_600_000,
  };

  const { id } = await submitted(declared);

  const query = `query($id: ID!) { tool(id: $id) { ${Object.keys(declared).join(' ')} } }`;
  expect((await data(app.url, query, { id }, viewer)).tool).toEqual(declared);
  const { revision } = await toolOf(id);
  expect(await run('updateTool', { id, expectedRevision: revision, cacheTtlMs: 3_600_000 })).toMatchObject({ currentVersion: 1 });
});

test('an update that changes nothing makes no version, and a stale one is a conflict', async () => {
  const { id } = await anApprovedTool(app, { pythonCode: hello });

  const same = await run('updateTool', { id, expectedRevision: 1, pythonCode: hello, maxAttempts: 1 });

  expect(same).toMatchObject({ currentVersion: 1, revision: 1, approvalStatus: 'APPROVED' });
  expect(await refusal('updateTool', { id, expectedRevision: 7, name: 'late' } as { id: string })).toMatchObject({ code: 'CONFLICT' });
});

test('[mcpbox-33] [cdsa-20] disabling and enabling a tool asks nobody', async () => {
  const { id } = await anApprovedTool(app);

  const { result: off, changes } = await recording(app, () => run('disableTool', { id }, admin));
  const on = await run('enableTool', { id }, admin);

  expect(off).toMatchObject({ isEnabled: false, approvalStatus: 'APPROVED', currentVersion: 1, server: { status: 'ERROR' } });
  expect(on).toMatchObject({ isEnabled: true, approvalStatus: 'APPROVED', currentVersion: 1, server: { status: 'RUNNING' } });
  expect(changes.map(({ action }) => action).sort()).toEqual(['tools.mcpServer.settled', 'tools.tool.disabled']);
});

test('[mcpbox-12] [mcpbox-38] [mcpbox-39] a rollback makes a version like an earlier one, and asks again', async () => {
  const { id } = await anApprovedTool(app, { pythonCode: hello });
  await run('updateTool', { id, expectedRevision: 1, pythonCode: `${hello}# more\n`, timeoutMs: 5_000 });
  const { approval, revision } = await toolOf(id);
  await decide(app, approval.id, approver);

  const back = await run('rollbackTool', { id, versionNumber: 1, expectedRevision: revision + 1 });

  const versions = await versionsOf(id);
  expect(back).toMatchObject({ pythonCode: hello, timeoutMs: null, currentVersion: 3, approvalStatus: 'PENDING_REVIEW' });
  expect(versions.map(({ versionNumber, changeSource, changeSummary }) => [versionNumber, changeSource, changeSummary])).toEqual([
    [1, 'MANUAL', null],
    [2, 'MANUAL', null],
    [3, 'ROLLBACK', 'Back to version 1'],
  ]);
  expect(versions[2]!.digest).toBe(versions[0]!.digest);
  expect(await refusal('rollbackTool', { id, versionNumber: 3, expectedRevision: back.revision } as { id: string })).toMatchObject({
    code: 'PRECONDITION_FAILED',
  });
  expect(await refusal('rollbackTool', { id, versionNumber: 9, expectedRevision: back.revision } as { id: string })).toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('[mcpbox-38] versions never change, and go only with their tool', async () => {
  const { id } = await aTool(app);

  await expect(rowsOf(app, sql`update tool_versions set name = 'x' where tool_id = ${id}::uuid`)).rejects.toThrow('never change');
  await expect(rowsOf(app, sql`delete from tool_versions where tool_id = ${id}::uuid`)).rejects.toThrow('never change');
  expect(await versionsOf(id)).toHaveLength(1);
});

test('[mcpbox-38] two versions are compared as a person reads it', async () => {
  const { id } = await aTool(app, { pythonCode: hello, inputSchema: byName });
  await run('updateTool', { id, expectedRevision: 1, pythonCode: hello.replace('Hello', 'Goodbye'), displayName: 'Bye' });
  const query = `query($tool: ID!, $to: Int!) { compareToolVersions(tool: $tool, from: 1, to: $to) {
    changedFields isSameAgreement codeDiff schemaDiff policyDiff } }`;

  const { compareToolVersions } = await data(app.url, query, { tool: id, to: 2 }, viewer);
  const same = await data(app.url, query, { tool: id, to: 1 }, viewer);

  expect(compareToolVersions).toEqual({
    changedFields: ['displayName', 'pythonCode'],
    isSameAgreement: false,
    codeDiff:
      '--- code of version 1\n+++ code of version 2\n@@ -1,2 +1,2 @@\n async def main(name: str):\n-    return f"Hello {name}"\n+    return f"Goodbye {name}"\n',
    schemaDiff: null,
    policyDiff: expect.stringMatching(/-\s+"displayName": null,\n\+\s+"displayName": "Bye",/),
  });
  expect(same.compareToolVersions).toEqual({
    changedFields: [],
    isSameAgreement: true,
    codeDiff: null,
    schemaDiff: null,
    policyDiff: null,
  });
});

test('[mcpbox-36] what the sandbox can offer is allowed, and anything else is refused at submission with the list of what is there', async () => {
  const missing = await newTool({ pythonCode: `import numpy\nimport xml.etree.ElementTree\n${hello}`, codeDependencies: ['pandas'] });
  const offered = await newTool({ pythonCode: `import json\nimport xml.etree.ElementTree\n${hello}` });

  const answer = await refusal('submitTool', { id: missing.id });
  const waiting = await run('submitTool', { id: offered.id });

  expect(missing.neededModules).toEqual(['numpy', 'xml.etree.ElementTree']);
  expect(answer).toMatchObject({
    code: 'PRECONDITION_FAILED',
    message: expect.stringMatching(/numpy, pandas\. There are: .*json.*zipfile/),
  });
  expect((await approvalOf(app, waiting.approval.id, approver)).riskAssessment).toEqual({
    neededModules: ['xml.etree.ElementTree'],
    modulesNotAllowed: ['xml.etree.ElementTree'],
    hostsAllowed: [],
    hostsAskedFor: [],
  });
});

test('[mcpbox-25] a deleted tool is gone with its versions, and decisions and the audit trail keep its name', async () => {
  const tool = await submitted();
  await decide(app, tool.approval.id, approver);
  const { revision } = await toolOf(tool.id);
  const { approval } = await run('updateTool', { id: tool.id, expectedRevision: revision, pythonCode: `${hello}# more\n` });
  const execution = await aRow(app, ToolExecution, { tool: tool.id, status: 'SUCCEEDED', server: null });
  await rowsOf(app, sql`insert into streams (name) values (${eventsOfExecution(execution)})`);

  const { result, changes } = await recording(app, () => mutated(app, 'deleteTool', { id: tool.id }, admin, 'id'));

  expect(result.id).toBe(tool.id);
  expect(await stored(tool.id)).toEqual([]);
  expect(await rowsOf(app, sql`select id from tool_versions where tool_id = ${tool.id}::uuid`)).toEqual([]);
  expect(await rowsOf(app, sql`select name from streams where name = ${eventsOfExecution(execution)}`)).toEqual([]);
  expect(await approvalOf(app, tool.approval.id, admin)).toMatchObject({
    status: 'APPROVED',
    subjectName: 'hello',
    decisions: { nodes: [{ approverName: 'anna' }] },
  });
  expect(await approvalOf(app, approval.id, admin)).toMatchObject({ status: 'CANCELLED', rejectionReason: 'The tool hello was deleted' });
  expect(changes.find(({ action }) => action === 'tools.tool.deleted')).toMatchObject({ target_id: tool.id, before: { name: 'hello' } });
});

test('[cdsa-20] a tool that came with Signalbox can be disabled but not deleted', async () => {
  const { id } = await aTool(app, { isSystem: true });

  expect(await refusal('deleteTool', { id }, admin)).toMatchObject({ code: 'PRECONDITION_FAILED' });
  expect((await run('disableTool', { id }, admin)).isEnabled).toBe(false);
});

test('who may not see tools learns nothing of one, and who may only see them changes none', async () => {
  const { id } = await aTool(app);

  expect(await refusal('updateTool', { id, expectedRevision: 1, name: 'x' } as { id: string }, stranger)).toMatchObject({
    code: 'FORBIDDEN',
  });
  expect(await refusal('submitTool', { id }, viewer)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await refusal('enableTool', { id }, author)).toMatchObject({ code: 'FORBIDDEN' });
  expect((await data(app.url, 'query($id: ID!) { tool(id: $id) { id } }', { id }, stranger)).tool).toBeNull();
});
