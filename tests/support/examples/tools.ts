import { randomUUID } from 'node:crypto';
import { mutated } from '../mutation.js';
import { aSource } from '../sources.js';
import { anApprovedTool, aServer, aTool, grantedHost, grantedModule } from '../tools.js';
import { sql } from '#core/database/sql.js';
import { rowsOf } from '../changes.js';
import { execute } from '../executions.js';
import type { Examples, Stage } from './example.js';

const operation = 'upkeep.trimJobs';
const unique = (): string => randomUUID().slice(0, 8);

const anExecution = async ({ app, caller, root }: Stage): Promise<string> => {
  const { id } = await anApprovedTool(app, { type: 'TOOLKIT_OPERATION', pythonCode: null, operation, requiresApproval: true });
  const by = await execute(app, { tool: id }, root);
  await rowsOf(app, sql`update tool_executions set user_id = ${caller!.id} where id = ${by.id} returning 1`);
  return by.id;
};

/** Examples of what the tools domain offers. */
export const toolExamples: Examples = {
  createMcpServer: () => ({ args: { input: { name: `Server ${unique()}`, slug: `s-${unique()}` } } }),
  updateMcpServer: async ({ app }) => ({ args: { input: { id: (await aServer(app)).id, expectedRevision: 1, name: 'Another name' } } }),
  startMcpServer: async ({ app }) => {
    const server = await aServer(app, { status: 'READY' });
    await anApprovedTool(app, { server });
    return { args: { input: { id: server.id } } };
  },
  stopMcpServer: async ({ app }) => ({ args: { input: { id: (await aServer(app, { status: 'RUNNING' })).id } } }),
  deleteMcpServer: async ({ app }) => ({ args: { input: { id: (await aServer(app)).id } } }),
  createTool: () => ({ args: { input: { type: 'TOOLKIT_OPERATION', name: `tool_${unique()}`, operation } } }),
  updateTool: async ({ app }) => ({ args: { input: { id: (await aTool(app)).id, expectedRevision: 1, description: 'Says done' } } }),
  submitTool: async ({ app }) => ({ args: { input: { id: (await aTool(app)).id } } }),
  enableTool: async ({ app }) => ({ args: { input: { id: (await aTool(app, { isEnabled: false })).id } } }),
  disableTool: async ({ app }) => ({ args: { input: { id: (await aTool(app)).id } } }),
  rollbackTool: async ({ app, root }) => {
    const { id } = await aTool(app);
    await mutated(app, 'updateTool', { id, expectedRevision: 1, description: 'Says done' }, root);
    return { args: { input: { id, versionNumber: 1, expectedRevision: 2 } } };
  },
  deleteTool: async ({ app }) => ({ args: { input: { id: (await aTool(app)).id } } }),
  compareToolVersions: async ({ app }) => ({ args: { tool: (await aTool(app)).id, from: 1, to: 1 } }),
  executeTool: async ({ app }) => ({
    args: { input: { tool: (await anApprovedTool(app, { type: 'TOOLKIT_OPERATION', pythonCode: null, operation })).id } },
  }),
  testTool: async ({ app }) => ({ args: { input: { tool: (await aTool(app)).id } } }),
  cancelToolExecution: async (stage) => ({ args: { input: { id: await anExecution(stage) } } }),
  toolExecution: async (stage) => ({ args: { id: await anExecution(stage) } }),
  requestNetworkAccess: async ({ app }) => ({
    args: { input: { tool: (await aTool(app)).id, host: `${unique()}.example.com`, port: 443, justification: 'It asks the weather' } },
  }),
  requestModule: async ({ app }) => ({
    args: { input: { tool: (await aTool(app)).id, moduleName: 'xml', justification: 'It reads XML' } },
  }),
  revokeNetworkAccess: async ({ app }) => ({ args: { input: { id: (await grantedHost(app, await aServer(app))).id } } }),
  revokeModule: async ({ app }) => ({ args: { input: { id: (await grantedModule(app, 'sqlite3')).id } } }),
  createExternalMcpSource: async ({ app }) => ({
    args: { input: { server: (await aServer(app)).id, name: 'Elsewhere', url: 'https://mcp.example.com/mcp' } },
  }),
  updateExternalMcpSource: async ({ app }) => ({
    args: { input: { id: (await aSource(app)).id, expectedRevision: 1, name: 'Another name' } },
  }),
  deleteExternalMcpSource: async ({ app }) => ({ args: { input: { id: (await aSource(app)).id } } }),
  discoverExternalTools: async ({ app }) => ({ args: { input: { source: (await aSource(app)).id } } }),
  importExternalTools: async ({ app }) => {
    const discoveredTools = [{ name: `tool_${unique()}`, description: null, inputSchema: { type: 'object' } }];
    return { args: { input: { source: (await aSource(app, { discoveredTools })).id, names: [discoveredTools[0]!.name] } } };
  },
  // Nothing can be asked in the example: a source without OAUTH.
  beginExternalMcpAuthorization: async ({ app, caller }) => ({
    args: { input: { source: (await aSource(app)).id } },
    code: caller!.sessionId === null ? 'FORBIDDEN' : 'PRECONDITION_FAILED',
  }),
};
