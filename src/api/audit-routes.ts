import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { GraphQLSchema } from 'graphql';
import { beginExport, exportAudit, publicAuditKeys } from '#domains/audit/index.js';
import { declarationOf } from '#core/database/declare/registry.js';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import { Problems } from '#core/errors/problems.js';
import { Change } from '#core/feed/change.entity.js';
import { ownOrigin } from '#core/feed/origin.js';
import { write } from '#core/feed/write.js';
import type { GraphContext, GraphSystem } from '#core/graph/context.js';
import { coerceInput } from '#core/graph/execute/coerce-input.js';
import { recordDenial } from '#core/graph/mutation.js';
import { filterCondition, type FilterInput } from '#core/graph/read/filter.js';
import { accessOver, authorize } from '#core/policy/actor.js';
import { readClient } from '#core/server/client-request.js';
import type { Handler } from '#core/server/http-server.js';
import { respondJson } from '#core/server/respond.js';
import type { Config } from '../config.js';
import type { ContextFor } from './operation-context.js';

/** The audit trail for programs: an export as lines of JSON, and the public keys of its checkpoints. */
export function auditRoutes(system: GraphSystem, config: Config, contextFor: ContextFor, schema: GraphQLSchema): Record<string, Handler> {
  return {
    'GET /audit/export.ndjson': async (request, response) => {
      const context = await contextFor(readClient(request, config), new AbortController().signal);
      await permit(context);
      const { filter, after } = asked(new URL(request.url!, 'http://localhost').searchParams, context, schema);
      await system.sequencer.run();
      const { result: end } = await write(system, ownOrigin, beginExport);
      const details = { filter: filter?.asked ?? null, after, through: end.through.number };
      await write(system, context, async ({ record }) => record('audit.trail.exported', null, { details }));
      response.writeHead(200, {
        'content-type': 'application/x-ndjson; charset=utf-8',
        'content-disposition': `attachment; filename="audit-${end.through.number}.ndjson"`,
        'cache-control': 'no-store',
      });
      const lines = exportAudit(system.database, { ...end, after, beforeBatch: () => stillMay(context), ...(filter && { filter }) });
      // Without its last line an export does not count as whole, however it came to be cut off.
      await pipeline(Readable.from(lines), response).catch((err: unknown) =>
        system.log.warn({ err }, 'an export of the audit trail was cut off'),
      );
    },
    'GET /audit/jwks.json': async (_request, response) => respondJson(response, 200, await publicAuditKeys(system.database.fork())),
  };
}

async function permit(context: GraphContext): Promise<void> {
  try {
    authorize(context.actor, 'audit:read');
  } catch (error) {
    if (context.actor.kind === 'user') await recordDenial(context, 'exportAudit', error as AppError);
    throw error;
  }
}

async function stillMay(context: GraphContext): Promise<void> {
  const actor = await context.currentActor();
  if (!actor) throw accessOver(context.actor);
  authorize(actor, 'audit:read');
}

function asked(query: URLSearchParams, { reader }: GraphContext, schema: GraphQLSchema) {
  const after = query.get('after') ?? '0';
  if (!/^\d{1,15}$/.test(after)) throw badInput('after must be the number of a link', 'after');
  const json = query.get('filter');
  if (json === null) return { after: Number(after) };
  const value = coerceInput(schema, 'AuditEntryFilter', parseJson(json), 'filter') as FilterInput;
  // One that lets everything through is none.
  if (Object.keys(value).length === 0) return { after: Number(after) };
  const problems = new Problems();
  const condition = filterCondition(reader, declarationOf(Change), value, problems);
  problems.throwIfAny();
  return { after: Number(after), filter: { asked: value, condition } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badInput('filter must be JSON, in the form of AuditEntryFilter', 'filter');
  }
}
