import { AppError } from '#core/errors/app-error.js';
import { notFound } from '#core/errors/not-found.js';
import type { Tool } from '../tool.entity.js';
import { readExecution, stateOf } from './execution-state.js';
import type { OwnCall, OwnTool } from './own-tool.js';

const text = (description: string): object => ({ type: 'string', description });
const toolId = text('Id of the tool');
const why = { type: 'string', minLength: 1, description: 'Why it is needed; the human who decides reads it' };

/** What is written of a Python tool. */
const written = {
  displayName: text('Name for people'),
  description: text('What it does; agents read it to choose'),
  inputSchema: { type: 'object', description: 'JSON Schema of its parameters, with "type": "object"' },
  pythonCode: text('Python source that defines `async def main(...)`, with the parameters as its arguments'),
  riskLevel: { enum: ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'], description: 'How much harm it could do' },
  requiresApproval: { type: 'boolean', description: 'Whether a human has to agree to each use' },
  timeoutMs: { type: 'integer', description: 'Longest time of a run, in milliseconds' },
  changeSummary: text('What is to be said of this version'),
};

const toolFields = 'tool { id revision name type approvalStatus isEnabled currentVersion neededModules approval { id status } }';

/** The tools that change something. Each is a mutation of the graph; a human decides on all that needs agreement. */
export const managementChanges: readonly OwnTool[] = [
  {
    name: 'create_draft_tool',
    description: 'Writes a new Python tool as a draft. It can be tried with test_tool, and used once submit_tool asked and a human agreed.',
    takes: { server: text('Id of the MCP server that shall have it'), name: text('Name by which it is called'), ...written },
    requires: ['server', 'name', 'pythonCode'],
    access: 'tool:write',
    run: (call, given) => change(call, 'createTool', { type: 'PYTHON_CODE', ...given }, toolFields),
  },
  {
    name: 'update_draft_tool',
    description: 'Changes a tool that is a draft or was rejected; what is left out stays. A tool that is in use or waits is not changed.',
    takes: {
      id: toolId,
      expectedRevision: { type: 'integer', description: 'Revision that was seen; another one is a conflict' },
      ...written,
    },
    requires: ['id'],
    access: 'tool:write',
    run: updateDraft,
  },
  {
    name: 'submit_tool',
    description: 'Asks a human to agree that a draft is used exactly as it is now.',
    takes: { id: toolId, publishNotes: text('What the human who decides should know') },
    requires: ['id'],
    access: 'tool:write',
    run: (call, given) => change(call, 'submitTool', given, toolFields),
  },
  {
    name: 'test_tool',
    description: 'Tries a Python tool, also a draft: without secrets, and with the hosts and modules that are approved already.',
    takes: { tool: toolId, parameters: { type: 'object', description: 'Parameters, as the schema of the tool has them' } },
    requires: ['tool'],
    access: 'tool:write',
    async run(call, given) {
      const { toolExecution } = await change(call, 'testTool', given, 'toolExecution { id }');
      return stateOf(await readExecution(call, (toolExecution as { id: string }).id), '');
    },
  },
  {
    name: 'request_host',
    description: 'Asks a human that the tools of a server may reach a host; name the tool that needs it.',
    takes: {
      tool: toolId,
      host: text('Host name or IP address, without scheme, port, path or wildcard'),
      port: { type: 'integer', description: 'Port; any when left out' },
      justification: why,
    },
    requires: ['tool', 'host', 'justification'],
    access: 'tool:write',
    run: (call, given) =>
      change(call, 'requestNetworkAccess', given, 'networkAccessRequest { id host port status approval { id status } }'),
  },
  {
    name: 'request_module',
    description: 'Asks a human that Python code may import a module; name the tool that needs it.',
    takes: { tool: toolId, moduleName: text('Module, such as xml.etree.ElementTree'), justification: why },
    requires: ['tool', 'moduleName', 'justification'],
    access: 'tool:write',
    run: (call, given) => change(call, 'requestModule', given, 'moduleRequest { id moduleName status approval { id status } }'),
  },
  {
    name: 'create_secret_placeholder',
    description:
      'Names a secret that the tools of a server need. A human gives it its value elsewhere: never ask for a value, and never send one.',
    takes: {
      server: text('Id of the MCP server'),
      name: text('Name by which code asks for it'),
      description: text('What it is for, and where a human gets it'),
    },
    requires: ['server', 'name'],
    access: 'secret:create',
    run: (call, { server, ...given }) => change(call, 'createSecret', { serverId: server, ...given }, 'secret { id name hasValue }'),
  },
];

async function change(call: OwnCall, name: string, input: object, selection: string): Promise<Record<string, unknown>> {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const answer = await call.ask<Record<string, Record<string, unknown>>>(
    `mutation($input: ${type}!) { ${name}(input: $input) { ${selection} } }`,
    { input },
  );
  return answer[name]!;
}

/** What somebody uses is not taken out of use by a language model: that takes a person. */
async function updateDraft(call: OwnCall, { id, expectedRevision, ...given }: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { tool } = await call.ask<{ tool: Pick<Tool, 'revision' | 'approvalStatus'> | null }>(
    'query($id: ID!) { tool(id: $id) { revision approvalStatus } }',
    { id },
  );
  if (!tool) throw notFound(`Tool ${id}`);
  if (tool.approvalStatus !== 'DRAFT' && tool.approvalStatus !== 'REJECTED')
    throw new AppError('PRECONDITION_FAILED', `Only drafts and rejected tools can be changed here; this one is ${tool.approvalStatus}`);
  // With the revision that was looked at: between, it may have been submitted.
  return change(call, 'updateTool', { id, ...given, expectedRevision: expectedRevision ?? tool.revision }, toolFields);
}
