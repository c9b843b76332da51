import { executeSql, sql } from '#core/database/sql.js';
import type { WriteSystem } from '#core/feed/write.js';
import { Leadership, type Term } from '#core/jobs/leadership.js';
import { RedisConnection } from '#core/redis/redis-connection.js';
import { publishTelemetry } from './publish-telemetry.js';
import { TelemetryIntake } from './telemetry-intake.js';
import { telemetryPattern } from './telemetry-message.js';

/** Exchanges the telemetry of jobs with other programs over Redis, in both directions; of all processes one does it at a time. */
export class TelemetryExchange {
  readonly #leadership: Leadership;

  constructor(
    readonly system: WriteSystem,
    readonly redisUrl: string,
  ) {
    this.#leadership = new Leadership(system.database.url, 'telemetry', system.log, (term) => this.#lead(term));
  }

  /** Whether this process does it. */
  get isLeader(): boolean {
    return this.#leadership.isLeader;
  }

  /** Joins those that may do it. */
  start(): void {
    this.#leadership.start();
  }

  /** Lets others do it. */
  stop(): Promise<void> {
    return this.#leadership.stop();
  }

  async #lead(term: Term): Promise<void> {
    const { system } = this;
    const [row] = await executeSql<{ name: string }>(system.database.fork(), sql`select current_database() as name`);
    const intake = new TelemetryIntake(system, term);
    const { takenIn } = intake;
    let connected = (): void => {};
    const connection = new RedisConnection(this.redisUrl, `signalbox:${row!.name}:telemetry`, system.log, () => connected());
    connection.hear(telemetryPattern, (text, channel) => intake.heard(text, channel));
    const onConnected = (callback: () => void): void => void (connected = callback);
    try {
      await connection.open();
      await Promise.all([publishTelemetry({ system, connection, term, takenIn, onConnected }), intake.run()]);
    } finally {
      connection.close();
    }
  }
}
