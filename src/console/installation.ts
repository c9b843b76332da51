import { randomBytes } from 'node:crypto';
import { presentKeys } from '#core/backup/present-keys.js';
import { requireRestoredFolder, requireFitDatabase } from '#core/database/fitness.js';
import { reachEmbeddedPostgres } from '#core/database/embedded/reach-embedded-postgres.js';
import { underMigrationLock } from '#core/database/migrate.js';
import { openDatabase, type Database } from '#core/database/open-database.js';
import { tryDatabase } from '#core/database/try-database.js';
import { Bell } from '#core/feed/bell.js';
import { changeCapture } from '#core/feed/captured-changes.js';
import { ownOrigin } from '#core/feed/origin.js';
import { Sequencer } from '#core/feed/sequencer.js';
import { ChangeRetention } from '#core/feed/change-retention.js';
import { Services } from '#core/feed/services.js';
import { sequence, write, type WriteContext, type WriteSystem } from '#core/feed/write.js';
import { system as systemActor } from '#core/policy/actor.js';
import { KeyRing } from '#core/secrets/key-ring.js';
import { openKeyRing } from '#core/secrets/open-key-ring.js';
import { Settings } from '#core/settings/settings.js';
import { auditRetentionDays } from '#domains/audit/index.js';
import { readSettings } from '#domains/settings/index.js';
import { Setting } from '#domains/settings/setting.entity.js';
import { bellTransport } from '../bell-transport.js';
import type { Config } from '../config.js';
import { graph } from '../domains.js';
import { migrationsFolder } from '../migrations-folder.js';
import type { Call } from './command.js';

/** Who acts when a command writes. */
const commandLine = { ...systemActor, name: 'command line' };

/** The URL of the installation's database; an embedded one is that of the running server, or one that runs as long as the command. */
export async function reachDatabase({ config, log, defer }: Call): Promise<string> {
  requireRestoredFolder(config.DATA_DIR);
  if (config.DATABASE_URL) {
    await tryDatabase(config.DATABASE_URL);
    return config.DATABASE_URL;
  }
  const embedded = await reachEmbeddedPostgres({ dataDir: config.DATA_DIR, log: (line) => log.debug({ postgres: line }, 'PostgreSQL') });
  defer(() => embedded.stop());
  return embedded.url;
}

/** Opens a database for the ORM. */
export async function openOrm({ defer }: Call, url: string): Promise<Database> {
  const database = await openDatabase({
    url,
    entities: graph.mapped,
    migrations: migrationsFolder,
    subscribers: [changeCapture],
    connections: 4,
  });
  defer(() => database.close());
  return database;
}

/** Opens the database of the installation, which must be up to date: a command knows only the newest tables. */
export async function openInstallation(call: Call): Promise<Database> {
  const database = await openOrm(call, await reachDatabase(call));
  await requireFit(database);
  const pending = await database.orm.migrator.getPending();
  if (pending.length > 0)
    throw new Error(`The database is not up to date (${pending.length} migrations are pending): run "npm run signalbox -- migrate" first`);
  return database;
}

/** Throws when a restore into the database was not finished, or a newer version has worked on it. */
export const requireFit = (database: Database): Promise<void> =>
  underMigrationLock(database.url, (session) => requireFitDatabase(session, migrationsFolder));

/** Makes what it takes to write to a database as a server does, so that the running processes hear of it. */
export async function openWriting({ config, log, defer }: Call, database: Database, ...services: object[]): Promise<WriteSystem> {
  const bell = new Bell(await bellTransport(config, database, log), log);
  await bell.open();
  defer(() => bell.close());
  const ring = presentRing(config);
  // Toolkits declare settings too, and servers have written down what they and their environment say.
  const severities = new Map(graph.settings.map(({ key, severity }) => [key, severity]));
  const written = (await database.fork().find(Setting, {})).map((row) => {
    const severity = severities.get(row.key);
    return { ...row, default: row.defaultValue, ...(severity && { severity }) };
  });
  const own = [...graph.settings.filter(({ key }) => !written.some((each) => each.key === key)), ...written];
  const settings = new Settings({ bell, log, own, read: () => readSettings(database, ring) });
  await settings.reload();
  const system = { database, bell, log, services: new Services(), sequencer: new Sequencer(database, graph.declared) };
  const retention = new ChangeRetention((severity) => settings.value(auditRetentionDays)[severity]);
  for (const service of [ring, settings, retention, graph.policies, ...services]) system.services.add(service);
  return system;
}

// A key is made by servers only: where there is none, this one opens nothing, and no command may seal with it.
function presentRing(config: Config): KeyRing {
  const places = { current: config.ENCRYPTION_KEY, retired: config.RETIRED_ENCRYPTION_KEYS, dataDir: config.DATA_DIR };
  return presentKeys(places) ? openKeyRing(places) : new KeyRing(randomBytes(32));
}

/** Runs a use case on behalf of the command line: recorded, and told to the processes that run. */
export async function writeHere<Result>(system: WriteSystem, useCase: (context: WriteContext) => Promise<Result>): Promise<Result> {
  const origin = { ...ownOrigin, actor: commandLine };
  const { result } = await write(system, origin, useCase);
  // The process ends soon: what is sequenced later would wait for somebody else's write.
  await sequence(system);
  return result;
}
