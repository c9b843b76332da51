import { startEmbeddedPostgres } from '#core/database/embedded/start-embedded-postgres.js';
import { requireRestoredFolder } from '#core/database/fitness.js';
import { tryDatabase } from '#core/database/try-database.js';
import { ownOrigin } from '#core/feed/origin.js';
import { write } from '#core/feed/write.js';
import type { GraphSystem } from '#core/graph/context.js';
import type { Logger } from '#core/log/logger.js';
import { Metrics } from '#core/server/metrics.js';
import { linkForAdministrator, PublicAddress } from '#domains/identity/index.js';
import { JobWorker, TelemetryExchange } from '#domains/jobs/index.js';
import { SignOfLife } from '#domains/observability/index.js';
import { warmSandbox } from '#domains/tools/index.js';
import { measureJobs } from './api/measure-jobs.js';
import { startApi } from './api/start-api.js';
import { startProbes } from './api/start-probes.js';
import type { Config } from './config.js';
import type { Graph } from './graph.js';
import { startSystem, type Stops } from './start-system.js';

/** A running Signalbox. */
export interface App {
  /** Where it is reached; null for a worker without the API. */
  url: string | null;
  /** Signs a browser in once; null when the first administrator has a password. */
  signInLink: string | null;
  system: GraphSystem;
  /** Resolves with the reason when something it needs has died. */
  failed: Promise<string>;
  stop(): Promise<void>;
}

/** Starts the roles that the settings ask for; whatever was started is stopped again when a later step fails. */
export async function startApp(config: Config, log: Logger, graph: Graph): Promise<App> {
  const stops: Stops = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each().catch((err: unknown) => log.warn({ err }, 'a part did not stop in order'));
  };
  try {
    requireRestoredFolder(config.DATA_DIR);
    const { url: databaseUrl, failed } = await databaseOf(config, log, stops);
    const system = await startSystem(config, log, graph, databaseUrl, stops);
    const metrics = new Metrics();
    const observer = measureJobs(metrics, system);
    const signInLink = config.ROLE === 'worker' ? null : (await write(system, ownOrigin, linkForAdministrator)).result;
    const api = config.ROLE === 'worker' ? null : await startApi(system, config, await graph.schema(), metrics);
    if (api) stops.push(api.stop);
    const url = api && (config.PUBLIC_URL ?? `http://${config.HOST}:${api.port}`).replace(/\/$/, '');
    if (url) system.services.add(new PublicAddress(url));
    if (config.REDIS_URL) {
      const exchange = new TelemetryExchange(system, config.REDIS_URL);
      exchange.start();
      metrics.gauge('signalbox_telemetry_leader', 'Whether this process exchanges the telemetry of jobs over Redis: 1 or 0', () =>
        Number(exchange.isLeader),
      );
      stops.push(() => exchange.stop());
    }
    const worker = config.ROLE === 'api' ? null : new JobWorker(system, config.WORKER_CONCURRENCY, observer);
    // Now that all parts have added their gauges, and before the worker, which is part of the process.
    const signOfLife = system.services.get(SignOfLife);
    await signOfLife.start();
    stops.push(() => signOfLife.stop());
    if (worker) {
      await worker.start();
      void warmSandbox(system);
      stops.push(() => worker.stop());
    }
    if (config.ROLE === 'worker' && config.WORKER_PORT !== undefined)
      stops.push(await startProbes(system, metrics, { host: config.HOST, port: config.WORKER_PORT }));
    return { url, signInLink: url && signInLink && `${url}/sign-in?token=${signInLink}`, failed, system, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function databaseOf(config: Config, log: Logger, stops: Stops): Promise<{ url: string; failed: Promise<string> }> {
  if (config.DATABASE_URL) {
    await tryDatabase(config.DATABASE_URL);
    return { url: config.DATABASE_URL, failed: new Promise(() => {}) };
  }
  const embedded = await startEmbeddedPostgres({ dataDir: config.DATA_DIR, log: (line) => log.debug({ postgres: line }, 'PostgreSQL') });
  stops.push(() => embedded.stop());
  return { url: embedded.url, failed: embedded.exited.then(() => 'the embedded PostgreSQL has ended unexpectedly') };
}
