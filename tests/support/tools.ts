import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { system as systemActor } from '#core/policy/actor.js';
import { addToolVersion } from '#domains/tools/lifecycle/add-tool-version.js';
import { ModuleRequest } from '#domains/tools/requests/module-request.entity.js';
import { NetworkAccessRequest } from '#domains/tools/requests/network-access-request.entity.js';
import { syncAllowedHosts } from '#domains/tools/requests/sync-allowed-hosts.js';
import { syncAllowedModules } from '#domains/tools/requests/sync-allowed-modules.js';
import { McpServer } from '#domains/tools/servers/mcp-server.entity.js';
import { Tool } from '#domains/tools/tool.entity.js';
import type { TestApp } from './app.js';

let made = 0;

/** An MCP server; IMPORTED unless the values say otherwise. */
export async function aServer({ system }: Pick<TestApp, 'system'>, values: Partial<McpServer> = {}): Promise<McpServer> {
  made += 1;
  const server = Object.assign(new McpServer(), {
    id: newId(declarationOf(McpServer).type),
    slug: `server-${made}`,
    name: `Server ${made}`,
    ...values,
  } satisfies Partial<McpServer>);
  await system.database.fork().persist(server).flush();
  return server;
}

/** What a tool of tests is made of: without a server it gets one of its own, with null none. */
export interface ToolValues extends Partial<Omit<Tool, 'server'>> {
  server?: McpServer | null;
}

/** A Python tool with its first version: a draft unless the values say otherwise, and enabled. */
export async function aTool(app: TestApp, { server, ...values }: ToolValues = {}): Promise<Tool> {
  made += 1;
  const of = server === undefined ? await aServer(app) : server;
  const em = app.system.database.fork();
  const tool = Object.assign(new Tool(), {
    id: newId(declarationOf(Tool).type),
    server: of && ref(em.getReference(McpServer, of.id)),
    name: `tool_${made}`,
    type: 'PYTHON_CODE',
    pythonCode: 'async def main():\n    return "done"\n',
    createdByName: 'somebody',
    ...values,
  } satisfies Partial<Tool>);
  em.persist(tool);
  addToolVersion({ em, actor: systemActor }, tool);
  await em.flush();
  return tool;
}

/** A Python tool that may be used: somebody agreed to it, and its server runs. */
export async function anApprovedTool(app: TestApp, { server, ...values }: ToolValues = {}): Promise<Tool> {
  return aTool(app, {
    server: server === undefined ? await aServer(app, { status: 'RUNNING' }) : server,
    approvalStatus: 'APPROVED',
    approvedAt: new Date(),
    approvedByName: 'somebody',
    ...values,
  });
}

const granted = {
  justification: 'It is needed',
  requestedByName: 'somebody',
  status: 'APPROVED',
  reviewedByName: 'somebody else',
} satisfies Partial<NetworkAccessRequest & ModuleRequest>;

/** A host that the tools of a server may reach. */
export async function grantedHost(
  { system }: TestApp,
  server: McpServer,
  values: Partial<NetworkAccessRequest> = {},
): Promise<NetworkAccessRequest> {
  const em = system.database.fork();
  const request = Object.assign(new NetworkAccessRequest(), granted, {
    id: newId(declarationOf(NetworkAccessRequest).type),
    server: ref(em.getReference(McpServer, server.id)),
    host: 'api.example.com',
    port: 443,
    reviewedAt: new Date(),
    ...values,
  });
  await em.transactional(async (tx) => {
    tx.persist(request);
    await syncAllowedHosts(tx, server.id);
  });
  return request;
}

/** A module that code may import. */
export async function grantedModule({ system }: TestApp, moduleName: string, values: Partial<ModuleRequest> = {}): Promise<ModuleRequest> {
  const request = Object.assign(new ModuleRequest(), granted, {
    id: newId(declarationOf(ModuleRequest).type),
    moduleName,
    reviewedAt: new Date(),
    ...values,
  });
  await system.database.fork().transactional(async (tx) => {
    tx.persist(request);
    await syncAllowedModules(tx);
  });
  return request;
}
