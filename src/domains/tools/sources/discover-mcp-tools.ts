import { ownOrigin } from '#core/feed/origin.js';
import { write } from '#core/feed/write.js';
import type { OwnOperation, OwnRun } from '#core/jobs/own-operation.js';
import { ExternalMcpSource } from './external-mcp-source.entity.js';
import { keepDiscovered, type Discovery } from './keep-discovered.js';
import { listExternalTools, type DiscoveredTools } from './list-external-tools.js';
import { mcpLimits } from './mcp-limits.js';
import { McpSourceError } from './mcp-source-error.js';
import { noteUnreachable } from './note-unreachable.js';
import { SourceConnections } from './source-connections.js';

/** Asks an MCP server elsewhere for its tools. */
export const discoverMcpTools: OwnOperation = {
  name: 'discover-mcp-tools',
  description:
    'Asks an external MCP server for its tools, and what has changed of those that were imported; `source` is the id of the source',
  inputSchema: {
    type: 'object',
    additionalProperties: false,
    required: ['source'],
    properties: { source: { type: 'string', format: 'uuid' } },
  },
  timeoutMs: 180_000,
  concurrency: { limit: 1, key: 'source' },
  maxAttempts: 1,
  run: discover,
};

async function discover(run: OwnRun): Promise<Discovery> {
  const { system, parameters, signal } = run;
  const source = await system.database.fork().findOne(ExternalMcpSource, { id: String(parameters.source) });
  if (!source) throw new Error('There is no such source any more');
  if (source.status === 'DISABLED') throw new Error(`The source ${source.name} is switched off`);
  const found = await ask(run, source).catch(async (error: unknown) => {
    signal.throwIfAborted();
    const why = error instanceof McpSourceError ? error : new McpSourceError('UNREACHABLE', 'Signalbox could not ask the server');
    if (why !== error) system.log.warn({ err: error, source: source.id }, 'an external MCP server could not be asked');
    await write(system, ownOrigin, (context) => noteUnreachable(context, source, why.message));
    throw why;
  });
  const { result } = await write(system, ownOrigin, (context) => keepDiscovered(context, source, found));
  for (const each of found.leftOut) await run.log('WARN', `Left out: ${each}`);
  for (const each of result.changed) await run.log('WARN', `Has changed there, and waits for somebody to agree: ${each}`);
  for (const each of result.vanished) await run.log('WARN', `Is not offered any more: ${each}`);
  return result;
}

function ask({ system, signal, progress }: OwnRun, source: ExternalMcpSource): Promise<DiscoveredTools> {
  const { promise, resolve, reject } = Promise.withResolvers<DiscoveredTools>();
  const late = new AbortController();
  const timer = setTimeout(() => {
    const why = new McpSourceError('TIMEOUT', `The server has not listed its tools within ${mcpLimits.discoveryMs} ms`);
    late.abort(why);
    reject(why);
  }, mcpLimits.discoveryMs);
  const both = AbortSignal.any([signal, late.signal]);
  system.services
    .get(SourceConnections)
    .use(source, {
      signal: both,
      work: (connection) =>
        listExternalTools(connection, both, (count) => progress({ status: 'asking', message: `${count} tools so far` })),
    })
    .then(resolve, reject)
    .finally(() => clearTimeout(timer));
  return promise;
}
