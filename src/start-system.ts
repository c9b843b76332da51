import { SealedColumns } from '#core/database/sealed-column.js';
import { migrate } from '#core/database/migrate.js';
import { openDatabase, type DatabaseOptions } from '#core/database/open-database.js';
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
import { CodeFollowers } from '#core/jobs/code-followers.js';
import { Delivery } from '#core/jobs/delivery.js';
import { JobFollowers } from '#core/jobs/job-followers.js';
import { asOperation } from '#core/jobs/as-operation.js';
import { Operations } from '#core/jobs/operations.js';
import type { Logger } from '#core/log/logger.js';
import type { KeyRing } from '#core/secrets/key-ring.js';
import { openKeyRing } from '#core/secrets/open-key-ring.js';
import { Settings } from '#core/settings/settings.js';
import { ApprovalNoticeDelivery } from '#domains/approvals/index.js';
import { AuditKeys, auditRetentionDays } from '#domains/audit/index.js';
import { FileStore } from '#domains/files/index.js';
import { Attempts, Authenticator, NoticeDelivery, OidcClients, SigningKeys } from '#domains/identity/index.js';
import { seedSchedules } from '#domains/jobs/index.js';
import { ActivityRecorder, SignOfLife } from '#domains/observability/index.js';
import { readSettings } from '#domains/settings/index.js';
import { BundleNotes, DashboardContexts, installToolkits, ToolkitStorage, ToolkitWatch } from '#domains/toolkits/index.js';
import { SourceConnections } from '#domains/tools/index.js';
import { bellTransport } from './bell-transport.js';
import type { Config } from './config.js';
import type { Graph } from './graph.js';
import { openSandbox } from './open-sandbox.js';
import { migrationsFolder } from './migrations-folder.js';
import { postOf } from './post-of.js';
import { settingDefaults } from './setting-defaults.js';
import { version } from './version.js';
import { seedConfiguration, seedIdentity } from './seed.js';

const keyRotationMs = 3_600_000;

/** Opens the database, brings it up to date, and makes what the API and the worker are made of. */
export async function startSystem(config: Config, log: Logger, graph: Graph, url: string, stops: Stops): Promise<GraphSystem> {
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
    ...Object.values(openSandbox({ dataDir: config.DATA_DIR, mostAtOnce: config.WORKER_CONCURRENCY, log }, stops)),
    ...servicesOf(graph),
    new ChangeRetention((severity) => settings.value(auditRetentionDays)[severity]),
  ])
    services.add(service);
  // Taking up toolkits may ask people for something.
  const notices = noticesOf(config, system);
  await migrate(database, async () => {
    await bell.open();
    stops.push(() => bell.close());
    await seedConfiguration(system, settings);
    await settings.start();
    stops.push(() => settings.stop());
    await takeUpToolkits(system);
    await delivery.start(operations.queues);
    stops.push(() => delivery.stop());
    await toolkits.refresh(database.fork());
    await seedIdentity(system, config);
    await write(system, ownOrigin, (context) => seedSchedules(context, graph.operations));
  });
  toolkits.start();
  stops.push(async () => toolkits.stop());
  await addServices(system, config, { keys, ring, notices }, stops);
  return system;
}

/** What stops the parts that were started, in the order in which they were. */
export type Stops = (() => Promise<void>)[];

type Notices = NoticeDelivery | ApprovalNoticeDelivery;

// What the domains together give each process.
const servicesOf = (graph: Graph): object[] => [
  graph.policies,
  new JobFollowers(graph.followers),
  new CodeFollowers(graph.codeFollowers),
  new SealedColumns(graph.sealed),
  ...graph.services,
];

async function takeUpToolkits(system: GraphSystem): Promise<void> {
  const { result: usable } = await write(system, ownOrigin, installToolkits);
  system.log.info({ toolkits: usable }, 'toolkits are loaded');
}

// What only works on a database that is up to date.
async function addServices(
  system: GraphSystem,
  config: Config,
  { keys, ring, notices }: { keys: SigningKeys; ring: KeyRing; notices: readonly Notices[] },
  stops: Stops,
): Promise<void> {
  const activity = new ActivityRecorder(system);
  stops.push(() => activity.flush(), await keepRotating(keys, system.log));
  for (const each of notices) {
    each.start();
    stops.push(() => each.stop());
  }
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
    system.services.add(service);
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

function startSources(system: GraphSystem, stops: Stops): SourceConnections {
  const connections = new SourceConnections(system, version);
  stops.push(() => connections.stop());
  return connections;
}

// What sends to people what is to be sent; it is not started yet.
function noticesOf(config: Config, system: GraphSystem): Notices[] {
  const { PUBLIC_URL = '' } = config;
  const post = postOf(config);
  const deliveries = [new NoticeDelivery(system, post, PUBLIC_URL.replace(/\/$/, '')), new ApprovalNoticeDelivery(system, post)];
  for (const delivery of deliveries) system.services.add(delivery);
  return deliveries;
}

const databaseOptions = (config: Config, graph: Graph, url: string): DatabaseOptions => ({
  url,
  entities: graph.mapped,
  migrations: migrationsFolder,
  subscribers: [changeCapture],
  readTimeoutMs: config.DB_STATEMENT_TIMEOUT_MS,
});

function startIdentity({ database, bell, log, services }: GraphSystem, keys: SigningKeys, stops: Stops): object[] {
  const authenticator = new Authenticator(database, keys, bell, log, services.get(Settings));
  const attempts = new Attempts(database.url);
  stops.push(
    async () => authenticator.stop(),
    () => attempts.close(),
  );
  return [authenticator, attempts];
}
