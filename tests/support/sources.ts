import { ref } from '@mikro-orm/core';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { McpServer } from '#domains/tools/servers/mcp-server.entity.js';
import { ExternalMcpSource } from '#domains/tools/sources/external-mcp-source.entity.js';
import type { TestApp } from './app.js';
import type { Auth } from './client.js';
import { data } from './client.js';
import { mutated } from './mutation.js';
import { eventually, jobOf } from './probe.js';
import { aServer } from './tools.js';

let made = 0;

/** An external source; of a server of its own unless the values say otherwise. */
export async function aSource(
  app: TestApp,
  { server, ...values }: Partial<Omit<ExternalMcpSource, 'server'>> & { server?: McpServer } = {},
): Promise<ExternalMcpSource> {
  const of = server ?? (await aServer(app));
  const em = app.system.database.fork();
  made += 1;
  const source = Object.assign(new ExternalMcpSource(), {
    id: newId(declarationOf(ExternalMcpSource).type),
    server: ref(em.getReference(McpServer, of.id)),
    name: `Source ${made}`,
    url: 'https://mcp.example.com/mcp',
    ...values,
  } satisfies Partial<ExternalMcpSource>);
  await em.persist(source).flush();
  return source;
}

/** The source as it is stored now. */
export const sourceNow = (app: TestApp, { id }: { id: string }): Promise<ExternalMcpSource> =>
  app.system.database.fork().findOneOrFail(ExternalMcpSource, { id });

/** Asks a source for its tools and waits until that is over; returns the job and the source. */
export async function discovered(
  app: TestApp,
  source: { id: string },
  auth: Auth,
): Promise<{ job: Record<string, any>; source: ExternalMcpSource }> {
  const { job } = await mutated(app, 'discoverExternalTools', { source: source.id }, auth, 'job { id }');
  const ended = await eventually(
    'the discovery to end',
    () => jobOf(app.url, job.id, auth),
    ({ status }) => status === 'SUCCEEDED' || status === 'FAILED',
    60_000,
  );
  return { job: ended, source: await sourceNow(app, source) };
}

/** What a query says of a source. */
export const readSource = async (app: TestApp, { id }: { id: string }, selection: string, auth: Auth): Promise<Record<string, any>> =>
  (await data(app.url, `query($id: ID!) { externalMcpSource(id: $id) { ${selection} } }`, { id }, auth)).externalMcpSource;
