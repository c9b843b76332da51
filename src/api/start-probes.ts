import type { GraphSystem } from '#core/graph/context.js';
import { HttpServer } from '#core/server/http-server.js';
import type { Metrics } from '#core/server/metrics.js';
import { Origins } from '#core/server/origins.js';
import { probeRoutes } from './probe-routes.js';

/** Lets monitoring look at a worker without the API: liveness, readiness and metrics. Returns how to stop that. */
export async function startProbes(
  system: GraphSystem,
  metrics: Metrics,
  { host, port }: { host: string; port: number },
): Promise<() => Promise<void>> {
  const server = new HttpServer({
    routes: probeRoutes(system, metrics),
    metrics,
    log: system.log,
    origins: new Origins(undefined, []),
    upgrade: (_request, socket) => void socket.destroy(),
  });
  await server.listen(host, port);
  return () => server.stop();
}
