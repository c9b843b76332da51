import { within } from '#core/database/within.js';
import type { GraphSystem } from '#core/graph/context.js';
import type { Handler } from '#core/server/http-server.js';
import type { Metrics } from '#core/server/metrics.js';
import { respondJson } from '#core/server/respond.js';

const longestWaitMs = 3_000;

/** What monitoring asks of every process: whether it lives, whether it is ready, and what it measures. */
export const probeRoutes = ({ database }: GraphSystem, metrics: Metrics): Record<string, Handler> => ({
  'GET /healthz': async (_request, response) => respondJson(response, 200, { status: 'alive' }),
  'GET /readyz': async (_request, response) => {
    const isReady = await within(database.orm.isConnected(), longestWaitMs).catch(() => false);
    respondJson(response, isReady ? 200 : 503, { status: isReady ? 'ready' : 'the database does not answer' });
  },
  'GET /metrics': async (_request, response) =>
    void response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(await metrics.registry.metrics()),
});
