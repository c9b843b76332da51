import type { WriteSystem } from '#core/feed/write.js';
import type { Actor } from '#core/policy/actor.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { sql } from '#core/database/sql.js';
import { Settings } from '#core/settings/settings.js';
import { findTokenActors } from '#domains/identity/index.js';
import { McpServer } from '../servers/mcp-server.entity.js';
import { sealedParameters } from '../sealed-tools.js';
import { ToolVersion } from '../tool-version.entity.js';
import { Tool } from '../tool.entity.js';
import { ToolExecution } from './tool-execution.entity.js';

/** All that a run of an execution needs to know. */
export interface LoadedExecution {
  execution: ToolExecution;
  tool: Tool;
  version: ToolVersion;
  server: McpServer | null;
  /** Exactly what it was given. */
  parameters: Record<string, unknown>;
  /** On whose behalf it runs: a program has the rights of its token, and none once that is over. */
  by: Actor | { id: string | null; name: string };
}

/** Loads an execution for its run. */
export async function loadExecution({ database, services }: WriteSystem, id: string): Promise<LoadedExecution> {
  const em = database.fork();
  const execution = await em.findOneOrFail(ToolExecution, { id });
  const tool = await em.findOneOrFail(Tool, { id: execution.tool.id });
  const version = await em.findOneOrFail(ToolVersion, { tool, versionNumber: execution.toolVersion });
  const server = execution.server && (await em.findOneOrFail(McpServer, { id: execution.server.id }));
  const sealed = services.get(KeyRing).unseal(execution.sealedParameters!, sealedParameters.context(execution));
  const user = { id: execution.user?.id ?? null, name: execution.executedByName };
  const { apiTokenId } = execution;
  const [program] = apiTokenId === null ? [] : await findTokenActors(em, sql`t.id = ${apiTokenId}::uuid`, services.get(Settings));
  const by = apiTokenId === null ? user : (program ?? { ...user, id: null });
  return { execution, tool, version, server, parameters: JSON.parse(sealed) as Record<string, unknown>, by };
}
