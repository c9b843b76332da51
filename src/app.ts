import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '#core/database/embedded/start-embedded-postgres.js';
import { migrate } from '#core/database/migrate.js';
import { openDatabase, type Database } from '#core/database/open-database.js';
import { executeSql, sql } from '#core/database/sql.js';
import { Bell } from '#core/feed/bell.js';
import type { BellTransport } from '#core/feed/bell-transport.js';
import { NotifyTransport } from '#core/feed/notify-transport.js';
import { RedisTransport } from '#core/feed/redis-transport.js';
import { FeedMeter } from '#core/feed/feed-meter.js';
import { changeCapture } from '#core/feed/captured-changes.js';
import { Sequencer } from '#core/feed/sequencer.js';
import { Gauges } from '#core/feed/gauges.js';
import { Services } from '#core/feed/services.js';
import type { Origin } from '#core/feed/origin.js';
import { write } from '#core/feed/write.js';
import type { GraphSystem } from '#core/graph/context.js';
import { Delivery } from '#core/jobs/delivery.js';
import { asOperation } from '#core/jobs/as-operation.js';
import { Operations } from '#core/jobs/operations.js';
import type { Logger } from '#core/log/logger.js';
import { system as systemActor } from '#core/policy/actor.js';
import { Metrics } from '#core/server/metrics.js';
import { encryptionKey } from '#core/secrets/encryption-key.js';
import { FileStore } from '#domains/files/index.js';
import { Authenticator, linkForAdministrator, seedAdministrator, seedRoles, SigningKeys } from '#domains/identity/index.js';
import { JobRetention, JobWorker, seedSchedules, TelemetryExchange } from '#domains/jobs/index.js';
import { SignOfLife } from '#domains/observability/index.js';
import { installToolkits } from '#domains/toolkits/index.js';
import { measureJobs } from './api/measure-jobs.js';
import { startApi } from './api/start-api.js';
import { startProbes } from './api/start-probes.js';
import type { Config } from './config.js';
import type { Graph } from './graph.js';
import { version } from './version.js';

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

const keyRotationMs = 3_600_000;
const origin: Origin = { actor: systemActor, requestId: null, traceId: null, sourceIp: null, userAgent: null };
const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));

/** Starts the roles that the settings ask for; whatever was started is stopped again when a later step fails. */
export async function startApp(config: Config, log: Logger, graph: Graph): Promise<App> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each().catch((err: unknown) => log.warn({ err }, 'a part did not stop in order'));
  };
  try {
    const { url: databaseUrl, failed } = await databaseOf(config, log, stops);
    const system = await startSystem(config, log, graph, databaseUrl, stops);
    const metrics = new Metrics();
    const observer = measureJobs(metrics, system);
    const signInLink = config.ROLE === 'worker' ? null : (await write(system, origin, linkForAdministrator)).result;
    const api = config.ROLE === 'worker' ? null : await startApi(system, config, await graph.schema(), metrics);
    if (api) stops.push(api.stop);
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
      stops.push(() => worker.stop());
    }
    if (config.ROLE === 'worker' && config.WORKER_PORT !== undefined)
      stops.push(await startProbes(system, metrics, { host: config.HOST, port: config.WORKER_PORT }));
    const url = api && (config.PUBLIC_URL ?? `http://${config.HOST}:${api.port}`).replace(/\/$/, '');
    return { url, signInLink: url && signInLink && `${url}/sign-in?token=${signInLink}`, failed, system, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function databaseOf(config: Config, log: Logger, stops: (() => Promise<void>)[]): Promise<{ url: string; failed: Promise<string> }> {
  if (config.DATABASE_URL) return { url: config.DATABASE_URL, failed: new Promise(() => {}) };
  const embedded = await startEmbeddedPostgres({ dataDir: config.DATA_DIR, log: (line) => log.debug({ postgres: line }, 'PostgreSQL') });
  stops.push(() => embedded.stop());
  return { url: embedded.url, failed: embedded.exited.then(() => 'the embedded PostgreSQL has ended unexpectedly') };
}

async function bellTransport({ REDIS_URL: redisUrl }: Config, database: Database, log: Logger): Promise<BellTransport> {
  if (!redisUrl) return new NotifyTransport(database.url, log);
  const [row] = await executeSql<{ name: string }>(database.fork(), sql`select current_database() as name`);
  return new RedisTransport(redisUrl, row!.name, log);
}

async function startSystem(config: Config, log: Logger, graph: Graph, url: string, stops: (() => Promise<void>)[]): Promise<GraphSystem> {
  const database = await openDatabase({ url, entities: graph.mapped, migrations: migrationsFolder, subscribers: [changeCapture] });
  stops.push(() => database.close());
  const services = new Services();
  const bell = new Bell(await bellTransport(config, database, log), log);
  const system: GraphSystem = {
    database,
    bell,
    log,
    services,
    sequencer: new Sequencer(database, graph.declared),
    policies: graph.policies,
    heartbeatMs: config.HEARTBEAT_MS,
    meter: new FeedMeter(),
  };

  const operations = new Operations();
  operations.add(...graph.operations.map((own) => asOperation(own, config.JOB_LOG_BYTES)));
  services.add(operations);
  const delivery = new Delivery(url, log);
  const keys = new SigningKeys(database, encryptionKey(config.ENCRYPTION_KEY, config.DATA_DIR));
  await migrate(database, async () => {
    await bell.open();
    stops.push(() => bell.close());
    const { result: toolkits } = await write(system, origin, (context) =>
      installToolkits(context, { storageDir: config.TOOLKIT_STORAGE_DIR, logBytes: config.JOB_LOG_BYTES }),
    );
    log.info({ toolkits }, 'toolkits are loaded');
    await delivery.start(operations.queues);
    stops.push(() => delivery.stop());
    await write(system, origin, seedRoles);
    await write(system, origin, (context) => seedAdministrator(context, config.ADMIN_USERNAME, config.ADMIN_PASSWORD));
    await write(system, origin, (context) => seedSchedules(context, graph.operations));
  });
  await keys.rotate();
  const rotation = setInterval(
    () => void keys.rotate().catch((err: unknown) => log.warn({ err }, 'the signing keys could not be rotated')),
    keyRotationMs,
  );
  stops.push(async () => clearInterval(rotation));

  const authenticator = new Authenticator(database, keys, bell, log);
  stops.push(async () => authenticator.stop());
  for (const service of [
    authenticator,
    delivery,
    keys,
    new FileStore(config.DATA_DIR, config.FILE_ROOTS, config.MAX_UPLOAD_BYTES),
    new JobRetention(config.JOB_RETENTION_DAYS),
    new Gauges(),
    new SignOfLife(system, { role: config.ROLE.toUpperCase() as Uppercase<Config['ROLE']>, version }),
  ])
    services.add(service);
  return system;
}
