import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ActorProcess } from './actor-process.ts';
import { DatabaseServer } from './database-server.ts';
import { freePorts } from './free-ports.ts';
import { RedisServer } from './redis-server.ts';
import { SqlSession } from './sql-session.ts';

const toolkits = fileURLToPath(new URL('../toolkits', import.meta.url));
const collectGarbage = fileURLToPath(new URL('./collect-garbage.mjs', import.meta.url));

/** The password of the administrator, who is everybody here. */
export const password = 'a password for the time of the chaos';

/** How often idle feeds send an empty page. */
export const heartbeatMs = 1_000;

/** A whole installation: a database, two APIs and two workers. The first API is never ended, so that what leaks shows in it. */
export class Stage {
  readonly folder: string;
  readonly database: DatabaseServer;
  readonly redis: RedisServer | null;
  readonly sql: SqlSession;
  readonly survivor: ActorProcess;
  readonly otherApi: ActorProcess;
  readonly workers: readonly [ActorProcess, ActorProcess];
  /** Where the survivor is reached, and where the other API is. */
  readonly urls: readonly [string, string];

  readonly #removeFolder = (): void => rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });

  private constructor(folder: string, database: DatabaseServer, redis: RedisServer | null, ports: readonly [number, number]) {
    this.folder = folder;
    this.database = database;
    this.redis = redis;
    this.sql = new SqlSession(database.url);
    process.once('exit', this.#removeFolder);
    this.urls = [`http://127.0.0.1:${ports[0]}`, `http://127.0.0.1:${ports[1]}`];
    const actor = (name: string, more: Record<string, string>, greeting: string, nodeOptions: readonly string[] = []) =>
      new ActorProcess({
        name,
        greeting,
        nodeOptions,
        logFile: join(folder, `${name}.log`),
        environment: {
          DATABASE_URL: database.url,
          DATA_DIR: join(folder, 'shared'),
          ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
          ADMIN_PASSWORD: password,
          TOOLKIT_STORAGE_DIR: toolkits,
          HEARTBEAT_MS: String(heartbeatMs),
          LOG_LEVEL: 'warn',
          ...(redis && { REDIS_URL: redis.url }),
          ...more,
        },
      });
    const api = (name: string, port: number, nodeOptions: readonly string[] = []) =>
      actor(name, { ROLE: 'api', PORT: String(port) }, 'Signalbox is at', nodeOptions);
    const worker = (name: string) => actor(name, { ROLE: 'worker', WORKER_CONCURRENCY: '3' }, 'worker is running');
    this.survivor = api('survivor', ports[0], ['--expose-gc', `--import=${collectGarbage}`]);
    this.otherApi = api('other-api', ports[1]);
    this.workers = [worker('worker-1'), worker('worker-2')];
  }

  /** Everything that runs the product. */
  get actors(): readonly ActorProcess[] {
    return [this.survivor, this.otherApi, ...this.workers];
  }

  /** Starts everything in a folder of its own. */
  static async build({ withRedis }: { withRedis: boolean }): Promise<Stage> {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-chaos-'));
    mkdirSync(join(folder, 'shared'));
    const [databasePort, redisPort, ...apiPorts] = (await freePorts(4)) as [number, number, number, number];
    const database = await DatabaseServer.create(join(folder, 'database'), databasePort);
    const redis = withRedis ? await RedisServer.start(redisPort) : null;
    const stage = new Stage(folder, database, redis, apiPorts);
    try {
      await Promise.all(stage.actors.map((actor) => actor.start()));
    } catch (error) {
      await stage.close({ isKept: true });
      throw error;
    }
    return stage;
  }

  /** Ends everything; the folder with the logs stays when something is to be found in it. */
  async close({ isKept }: { isKept: boolean }): Promise<void> {
    await Promise.all(this.actors.map((actor) => actor.close()));
    await this.sql.close();
    await this.redis?.stop();
    await this.database.stop('immediate');
    process.off('exit', this.#removeFolder);
    if (!isKept) this.#removeFolder();
  }
}
