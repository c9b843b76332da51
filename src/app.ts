import { SealedColumns } from '#core/database/sealed-column.js';
import { startEmbeddedPostgres } from '#core/database/embedded/start-embedded-postgres.js';
import { requireRestoredFolder } from '#core/database/fitness.js';
import { migrate } from '#core/database/migrate.js';
import { openDatabase, type DatabaseOptions } from '#core/database/open-database.js';
import { tryDatabase } from '#core/database/try-database.js';
import { Bell } from '#core/feed/bell.js';
import { FeedMeter } from '#core/feed/feed-meter.js';
import { changeCapture } from '#core/feed/captured-changes.js';
import { Sequencer } from '#core/feed/sequencer.js';
import { Gauges } from '#core/feed/gauges.js';
import { Refusals } from '#core/feed/refusals.js';
import { Services } from '#core/feed/services.js';
import { ChangeRetention } from '#core/feed/change-retention.js';
import { ownOrigin } from '#core/feed/origin.js';
import { write } from '#core/feed/write.js';
import type { GraphSystem } from '#core/graph/context.js';
import { DenialQuota } from '#core/graph/denial-quota.js';
import { Delivery } from '#core/jobs/delivery.js';
import { JobFollowers } from '#core/jobs/job-followers.js';
import { asOperation } from '#core/jobs/as-operation.js';
import { Operations } from '#core/jobs/operations.js';
import type { Logger } from '#core/log/logger.js';
import { Metrics } from '#core/server/metrics.js';
import { openKeyRing } from '#core/secrets/open-key-ring.js';
import { Settings } from '#core/settings/settings.js';
import { ApprovalNoticeDelivery } from '#domains/approvals/index.js';
import { AuditKeys, auditRetentionDays } from '#domains/audit/index.js';
import { FileStore } from '#domains/files/index.js';
import {
  Attempts,
  Authenticator,
  linkForAdministrator,
  NoticeDelivery,
  OidcClients,
  PublicAddress,
  seedAdministrator,
  seedProviders,
  seedRoles,
  SigningKeys,
} from '#domains/identity/index.js';
import { JobWorker, seedSchedules, TelemetryExchange } from '#domains/jobs/index.js';
import { ActivityRecorder, SignOfLife } from '#domains/observability/index.js';
import { readSettings, seedGlobalConfig, seedSettings } from '#domains/settings/index.js';
import { BundleNotes, DashboardContexts, installToolkits, ToolkitStorage, ToolkitWatch } from '#domains/toolkits/index.js';
import { seedModules, SourceConnections, warmSandbox } from '#domains/tools/index.js';
import { measureJobs } from './api/measure-jobs.js';
import { startApi } from './api/start-api.js';
import { startProbes } from './api/start-probes.js';
import { bellTransport } from './bell-transport.js';
import type { Config } from './config.js';
import type { Graph } from './graph.js';
import { openSandbox } from './open-sandbox.js';
import { migrationsFolder } from './migrations-folder.js';
import { postOf } from './post-of.js';
import { settingDefaults } from './setting-defaults.js';
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

/** Starts the roles that the settings ask for; whatever was started is stopped again when a later step fails. */
export async function startApp(config: Config, log: Logger, graph: Graph): Promise<App> {
  const stops: (() => Promise<void>)[] = [];
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

async function databaseOf(config: Config, log: Logger, stops: (() => Promise<void>)[]): Promise<{ url: string; failed: Promise<string> }> {
  if (config.DATABASE_URL) {
    await tryDatabase(config.DATABASE_URL);
    return { url: config.DATABASE_URL, failed: new Promise(() => {}) };
  }
  const embedded = await startEmbeddedPostgres({ dataDir: config.DATA_DIR, log: (line) => log.debug({ postgres: line }, 'PostgreSQL') });
  stops.push(() => embedded.stop());
  return { url: embedded.url, failed: embedded.exited.then(() => 'the embedded PostgreSQL has ended unexpectedly') };
}

async function startSystem(config: Config, log: Logger, graph: Graph, url: string, stops: (() => Promise<void>)[]): Promise<GraphSystem> {
  const database = await openDatabase(databaseOptions(config, graph, url));
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
  const delivery = new Delivery(url, log);
  const toolkits = new ToolkitWatch(system);
  operations.source = toolkits;
  const ring = openKeyRing({ current: config.ENCRYPTION_KEY, retired: config.RETIRED_ENCRYPTION_KEYS, dataDir: config.DATA_DIR });
  const keys = new SigningKeys(database, ring);
  const settings = new Settings({
    bell,
    log,
    own: graph.settings,
    read: () => readSettings(database, ring),
    defaults: settingDefaults(config),
  });
  const storage = new ToolkitStorage(config.TOOLKIT_STORAGE_DIR, config.JOB_LOG_BYTES);
  for (const service of [
    operations,
    delivery,
    storage,
    new BundleNotes(config.DATA_DIR),
    ring,
    settings,
    new JobFollowers(graph.followers),
    ...Object.values(openSandbox({ dataDir: config.DATA_DIR, mostAtOnce: config.WORKER_CONCURRENCY, log }, stops)),
    ...graph.services,
    new SealedColumns(graph.sealed),
    new ChangeRetention((severity) => settings.value(auditRetentionDays)[severity]),
  ])
    services.add(service);
  await migrate(database, async () => {
    await bell.open();
    stops.push(() => bell.close());
    await seedConfiguration(system, settings);
    await settings.start();
    stops.push(() => settings.stop());
    const { result: usable } = await write(system, ownOrigin, installToolkits);
    log.info({ toolkits: usable }, 'toolkits are loaded');
    await delivery.start(operations.queues);
    stops.push(() => delivery.stop());
    await toolkits.refresh(database.fork());
    await seedIdentity(system, config);
    await write(system, ownOrigin, (context) => seedSchedules(context, graph.operations));
  });
  toolkits.start();
  stops.push(async () => toolkits.stop());
  const activity = new ActivityRecorder(system);
  stops.push(() => activity.flush(), await keepRotating(keys, log), ...openNotices(config, system));
  for (const service of [
    ...startIdentity(system, keys, stops),
    keys,
    new AuditKeys(ring),
    new OidcClients(ring),
    startSources(system, stops),
    new FileStore(config.DATA_DIR, config.FILE_ROOTS, config.MAX_UPLOAD_BYTES),
    new Refusals(),
    new DenialQuota(),
    activity,
    new DashboardContexts(),
    new Gauges(),
    new SignOfLife(system, { role: config.ROLE.toUpperCase() as Uppercase<Config['ROLE']>, version }),
  ])
    services.add(service);
  return system;
}

async function seedConfiguration(system: GraphSystem, { declarations }: Settings): Promise<void> {
  await write(system, ownOrigin, (context) => seedSettings(context, declarations));
  await write(system, ownOrigin, seedGlobalConfig);
  await write(system, ownOrigin, seedModules);
}

// Returns how to stop that.
async function keepRotating(keys: SigningKeys, log: Logger): Promise<() => Promise<void>> {
  await keys.rotate();
  const rotation = setInterval(
    () => void keys.rotate().catch((err: unknown) => log.warn({ err }, 'the signing keys could not be rotated')),
    keyRotationMs,
  );
  return async () => clearInterval(rotation);
}

async function seedIdentity(system: GraphSystem, { ADMIN_USERNAME, ADMIN_PASSWORD }: Config): Promise<void> {
  await write(system, ownOrigin, seedRoles);
  await write(system, ownOrigin, seedProviders);
  await write(system, ownOrigin, (context) => seedAdministrator(context, ADMIN_USERNAME, ADMIN_PASSWORD));
}

function startSources(system: GraphSystem, stops: (() => Promise<void>)[]): SourceConnections {
  const connections = new SourceConnections(system, version);
  stops.push(() => connections.stop());
  return connections;
}

// Starts to send what is to be sent to people; returns how to stop that.
function openNotices(config: Config, system: GraphSystem): (() => Promise<void>)[] {
  const { PUBLIC_URL = '' } = config;
  const post = postOf(config);
  const deliveries = [new NoticeDelivery(system, post, PUBLIC_URL.replace(/\/$/, '')), new ApprovalNoticeDelivery(system, post)];
  return deliveries.map((delivery) => {
    system.services.add(delivery);
    delivery.start();
    return () => delivery.stop();
  });
}

const databaseOptions = (config: Config, graph: Graph, url: string): DatabaseOptions => ({
  url,
  entities: graph.mapped,
  migrations: migrationsFolder,
  subscribers: [changeCapture],
  readTimeoutMs: config.DB_STATEMENT_TIMEOUT_MS,
});

function startIdentity({ database, bell, log, services }: GraphSystem, keys: SigningKeys, stops: (() => Promise<void>)[]): object[] {
  const authenticator = new Authenticator(database, keys, bell, log, services.get(Settings));
  const attempts = new Attempts(database.url);
  stops.push(
    async () => authenticator.stop(),
    () => attempts.close(),
  );
  return [authenticator, attempts];
}
