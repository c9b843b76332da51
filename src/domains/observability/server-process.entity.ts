import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';
import { sql } from '#core/database/sql.js';

// Two missed signs of life, each five seconds after the one before, and some patience.
const aliveMs = 15_000;

/** What a process does. */
export const ServerRole = declareEnum('ServerRole', 'What a process does', {
  API: 'Answers the API',
  WORKER: 'Runs jobs',
  ALL: 'Answers the API and runs jobs',
});
export type ServerRole = ValueOf<typeof ServerRole>;

/** How the bell rings in other processes. */
export const BellTransportName = declareEnum('BellTransport', 'How a process tells the others that there is something new', {
  NOTIFY: 'By NOTIFY of PostgreSQL',
  REDIS: 'By pub/sub of Redis',
});
export type BellTransportName = ValueOf<typeof BellTransportName>;

/** A process of this installation and what it is doing; it updates the row itself, every few seconds. */
@Table({
  name: 'ServerProcess',
  type: 40,
  table: 'server_processes',
  description: 'A process of this installation and what it is doing; seen by holders of system:read',
  one: 'serverProcess',
  many: 'serverProcesses',
})
export class ServerProcess extends BaseEntity {
  @Column({ kind: 'string', description: 'Host and process id', filter: true })
  name!: string;

  @Column({ kind: ServerRole, description: 'What it does', filter: true })
  role!: ServerRole;

  @Column({ kind: 'string', description: 'Version of Signalbox that it runs' })
  version!: string;

  @Column({ kind: 'time', description: 'When it started', order: true })
  startedAt!: Date;

  @Column({ kind: 'time', description: 'When it last gave a sign of life', order: true })
  lastSeenAt!: Date;

  @Column({ kind: 'time', description: 'When it stopped in order; null while it lives and when it died', nullable: true })
  stoppedAt: Date | null = null;

  @Column({ kind: 'int', description: 'Open sockets; null when it does not answer the API', nullable: true })
  sockets: number | null = null;

  @Column({ kind: 'int', description: 'Subscriptions that it serves; null when it serves none', nullable: true })
  subscribers: number | null = null;

  @Column({
    kind: 'long',
    description: 'Bytes that wait for clients that read slowly; null when it does not answer the API',
    nullable: true,
  })
  bufferedBytes: number | null = null;

  @Column({ kind: 'float', description: 'Pages of feeds that it sends in a second; null when it does not answer the API', nullable: true })
  pageRate: number | null = null;

  @Column({ kind: 'float', description: 'How far its feeds are behind what is committed; null when that was not measured', nullable: true })
  lagMs: number | null = null;

  @Column({ kind: 'int', description: 'Jobs that it runs; null when it is no worker', nullable: true })
  runningJobs: number | null = null;

  @Column({ kind: 'int', description: 'Jobs that it runs at most at a time; null when it is no worker', nullable: true })
  concurrency: number | null = null;

  @Column({ kind: BellTransportName, description: 'How it tells the others that there is something new' })
  bellTransport!: BellTransportName;

  @Column({ kind: 'boolean', description: 'Whether it hears the others; without that its feeds are slower, and lose nothing' })
  isBellConnected!: boolean;

  @Column({ kind: 'long', description: 'Memory that it occupies' })
  memoryBytes!: number;

  @Computed({
    kind: 'boolean',
    description: 'Whether it lives: it did not stop, and gave a sign of life within the last 15 seconds',
    needs: ['lastSeenAt', 'stoppedAt'],
    sql: (alias) =>
      sql`(${sql.ref(`${alias}.stopped_at`)} is null and ${sql.ref(`${alias}.last_seen_at`)} > clock_timestamp() - make_interval(secs => ${aliveMs / 1000}))`,
  })
  get isAlive(): boolean {
    return this.stoppedAt === null && this.lastSeenAt.getTime() > Date.now() - aliveMs;
  }
}
