import type { Ref } from '@mikro-orm/core';
import { Index } from '@mikro-orm/decorators/legacy';
import { MutableEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { sql } from '#core/database/sql.js';
import { User } from '#domains/identity/users/user.entity.js';
import { JobStatus } from './job-status.js';
import { Worker } from './runs/worker.entity.js';

// No AND: the planner would take that apart before it looks for an index.
const deadLetter = (alias: string): string => `case when ${alias}"status" = 'FAILED' then ${alias}"retried_at" is null else false end`;

/** One run of an operation, from its request to its end. */
@Table({
  name: 'Job',
  type: 20,
  table: 'jobs',
  description:
    'One run of an operation, from its request to its end; seen by who asked for it and by holders of job:read, who for a use of a tool hold execution:read too',
  one: 'job',
  many: 'jobs',
})
@Index({ properties: ['requestedBy', 'idempotencyKey'] })
@Index({
  name: 'jobs_parked',
  expression: 'create index "jobs_parked" on "jobs" ("concurrency_key", "priority" desc, "queued_at", "id") where "parked_at" is not null',
})
@Index({
  name: 'jobs_running_by_key',
  expression: `create index "jobs_running_by_key" on "jobs" ("concurrency_key") where "concurrency_key" is not null and "status" = 'RUNNING'`,
})
@Index({ name: 'jobs_dead_letter', expression: `create index "jobs_dead_letter" on "jobs" ((${deadLetter('')}), "id")` })
export class Job extends MutableEntity {
  @Column({ kind: 'string', description: 'What it runs: <toolkit slug>.<operation>', filter: true })
  name!: string;

  @Column({ kind: 'id', description: 'Toolkit whose operation it runs', nullable: true, hidden: true })
  toolkitId: string | null = null;

  @Column({ kind: 'string', description: 'Queue that it waits in', filter: true })
  queue!: string;

  @Column({ kind: JobStatus, description: 'Where it stands', filter: true })
  status!: JobStatus;

  @Column({ kind: 'string', description: 'Newest message of its progress', nullable: true })
  message: string | null = null;

  @Column({ kind: 'float', description: 'How far it is, 0 to 100', default: '0' })
  progress: number = 0;

  @Column({ kind: 'json', description: 'What it was asked to do; never holds a secret' })
  parameters!: object;

  @Column({
    kind: 'json',
    description: 'What it returned; null before it has succeeded, and for the job of a tool, whose execution keeps it',
    nullable: true,
    keepsOrder: true,
  })
  result: unknown = null;

  @Column({ kind: 'string', description: 'Why its newest run failed; null when none did', nullable: true })
  error: string | null = null;

  @Column({ kind: 'int', description: 'How many runs have begun', default: '0' })
  attempts: number = 0;

  @Column({ kind: 'int', description: 'After how many failed or lost runs it is given up' })
  maxAttempts!: number;

  @Column({ kind: 'int', description: 'How many runs failed or were lost', hidden: true, default: '0' })
  failures: number = 0;

  @Column({
    kind: 'int',
    description: 'Number that a run must name to write; raised when a run begins and when it is lost',
    hidden: true,
    default: '0',
  })
  fence: number = 0;

  @Column({ kind: 'int', description: 'Jobs with a higher number go first', default: '0' })
  priority: number = 0;

  @Column({ kind: 'long', description: 'Longest time of one run, in milliseconds' })
  timeoutMs!: number;

  @Column({ kind: 'long', description: 'What its lines hold, in bytes of their texts and fields', default: '0' })
  logBytes: number = 0;

  @ToOne(() => User, {
    description: 'Who asked for it',
    nullable: true,
    filter: true,
    inverse: { name: 'jobs', description: 'Jobs that the user asked for' },
  })
  requestedBy: Ref<User> | null = null;

  @Column({ kind: 'string', description: 'Name of who asked for it, at that time', filter: true })
  requestedByName!: string;

  @Column({ kind: 'time', description: 'When it was put on its queue; null while it waits for an approval', nullable: true, filter: true })
  queuedAt: Date | null = null;

  @Column({ kind: 'time', description: 'When its newest run began; null before the first', nullable: true, filter: true })
  startedAt: Date | null = null;

  @Column({ kind: 'time', description: 'When it ended; null before', nullable: true, filter: true })
  finishedAt: Date | null = null;

  @Column({
    kind: 'time',
    description: 'Since when it waits for a place among the runs that its operation allows at once; null when it does not wait for that',
    nullable: true,
  })
  parkedAt: Date | null = null;

  @Column({ kind: 'string', description: 'What its runs count under for the limit of its operation', nullable: true, hidden: true })
  concurrencyKey: string | null = null;

  @Column({ kind: 'int', description: 'How many runs of its key may take place at once', nullable: true, hidden: true })
  concurrencyLimit: number | null = null;

  @Column({
    kind: 'string',
    description: 'What moves with it, by the name of who follows it; null for nothing',
    nullable: true,
    hidden: true,
  })
  follower: string | null = null;

  @Column({ kind: 'id', description: 'Id of what moves with it', nullable: true, hidden: true })
  followerId: string | null = null;

  @ToOne(() => Job, {
    description: 'Job that it repeats',
    nullable: true,
    unique: true,
    inverse: { name: 'retriedBy', description: 'Job that repeats it' },
  })
  retryOf: Ref<Job> | null = null;

  @Column({ kind: 'time', description: 'When it was run again as another job; null when it was not', nullable: true })
  retriedAt: Date | null = null;

  @Computed({
    kind: 'boolean',
    description: 'Whether it was given up and was not run again yet',
    needs: ['status', 'retriedAt'],
    sql: (alias) => sql.raw(`(${deadLetter(`"${alias}".`)})`),
  })
  get isDeadLetter(): boolean {
    return this.status === 'FAILED' && this.retriedAt === null;
  }

  @Column({ kind: 'time', description: 'When somebody asked to stop it; null when nobody did', nullable: true })
  cancelRequestedAt: Date | null = null;

  @ToOne(() => Worker, {
    description: 'Worker of the present run',
    nullable: true,
    inverse: { name: 'runningJobs', description: 'Jobs that the worker runs now, as far as the caller may see them' },
  })
  worker: Ref<Worker> | null = null;

  @Column({
    kind: 'string',
    description: 'Trace that it belongs to: the same in its logs and in the request that asked for it',
    nullable: true,
    filter: true,
  })
  traceId: string | null = null;

  @Column({ kind: 'string', description: 'Key under which the caller may repeat the request', nullable: true, hidden: true })
  idempotencyKey: string | null = null;
}
