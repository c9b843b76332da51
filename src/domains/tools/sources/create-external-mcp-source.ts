import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { Problems } from '#core/errors/problems.js';
import type { WriteContext } from '#core/feed/write.js';
import { findServer } from '../servers/find-server.js';
import { checkSecretUse, checkSource } from './check-source.js';
import { ExternalMcpSource } from './external-mcp-source.entity.js';

type Written = Pick<
  ExternalMcpSource,
  'name' | 'url' | 'transportType' | 'authType' | 'authSecretName' | 'authHeaderName' | 'oauthClientId'
>;

/** What a new external source is; what is left out or null is as a source has it by default. */
export type NewSource = { server: string } & Pick<Written, 'name' | 'url'> & { [Key in keyof Written]?: Written[Key] | null | undefined };

/** Creates a connection to an MCP server elsewhere; nothing is asked there yet. */
export async function createExternalMcpSource(
  context: WriteContext,
  { server: serverId, ...given }: NewSource,
): Promise<ExternalMcpSource> {
  const values = Object.fromEntries(Object.entries(given).filter(([, value]) => value != null && value !== ''));
  const source = Object.assign(new ExternalMcpSource(), {
    id: newId(declarationOf(ExternalMcpSource).type),
    name: given.name,
    url: given.url,
    ...values,
  });
  const problems = new Problems();
  checkSource(source, context, problems);
  problems.throwIfAny();
  source.server = ref(await findServer(context, { id: serverId }));
  await checkSecretUse(context, source);
  context.em.persist(source);
  context.record('tools.externalMcpSource.created', source);
  return source;
}
