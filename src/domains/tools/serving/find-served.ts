import { notFound } from '#core/errors/not-found.js';
import type { GraphContext } from '#core/graph/context.js';
import { recordDenial } from '#core/graph/mutation.js';
import { authorize } from '#core/policy/actor.js';
import type { AppError } from '#core/errors/app-error.js';
import { McpServer } from '../servers/mcp-server.entity.js';
import { managementSlug } from './reserved-names.js';

/** What is served at an address: an MCP server that runs, or our own tools, which have no row. */
export interface Served {
  readonly id: string | null;
  readonly slug: string;
  readonly name: string;
  readonly description: string | null;
}

const management: Served = {
  id: null,
  slug: managementSlug,
  name: 'Signalbox',
  description: 'Write tools as drafts, try them, ask for hosts, modules, secrets and the agreement of a human, and see what became of it.',
};

/** What is served at `/mcp/<slug>`; one that does not run is as missing as one that never was. */
export async function findServed(context: GraphContext, slug: string): Promise<Served> {
  authorize(context.actor, 'signedIn');
  if (slug === managementSlug) return management;
  try {
    // Before anything is looked for: the answer tells nothing of what there is.
    authorize(context.actor, 'tool:execute');
    const server = await context.system.database.fork().findOne(McpServer, { slug, status: 'RUNNING' });
    if (!server) throw notFound(`MCP server ${slug}`);
    return server;
  } catch (error) {
    await recordDenial(context, 'mcp', error as AppError);
    throw error;
  }
}
