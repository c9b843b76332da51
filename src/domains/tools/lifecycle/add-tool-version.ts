import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import type { WriteContext } from '#core/feed/write.js';
import { User } from '#domains/identity/users/user.entity.js';
import type { ToolChangeSource } from '../tool-kinds.js';
import { ToolVersion } from '../tool-version.entity.js';
import type { Tool } from '../tool.entity.js';
import { contentOf } from './tool-content.js';
import { toolDigest } from './tool-digest.js';

/** What is said of a version: what was changed, and what caused it. */
export interface VersionNote {
  changeSummary?: string | null | undefined;
  /** By default an agent when it asks over MCP or an API token acts, and a person otherwise. */
  changeSource?: ToolChangeSource | undefined;
}

/** Keeps what a tool is now as its version of that number. */
export function addToolVersion(
  { em, actor, isAgent }: Pick<WriteContext, 'em' | 'actor' | 'isAgent'>,
  tool: Tool,
  note: VersionNote = {},
): ToolVersion {
  const content = contentOf(tool);
  const { name, description, timeoutMs, pythonCode, inputSchema, ...policy } = content;
  const version = Object.assign(new ToolVersion(), {
    id: newId(declarationOf(ToolVersion).type),
    tool: ref(tool),
    versionNumber: tool.currentVersion,
    name,
    description,
    isEnabled: tool.isEnabled,
    timeoutMs,
    pythonCode,
    inputSchema,
    policy,
    digest: toolDigest(content),
    changeSummary: note.changeSummary ?? null,
    changeSource: note.changeSource ?? (isAgent || actor.apiToken ? 'LLM' : 'MANUAL'),
    createdBy: actor.id === null ? null : ref(em.getReference(User, actor.id)),
    createdByName: actor.name,
  } satisfies Partial<ToolVersion>);
  em.persist(version);
  return version;
}
