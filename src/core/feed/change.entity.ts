import { Index } from '@mikro-orm/decorators/legacy';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { Computed } from '#core/database/declare/computed.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';
import { sql } from '#core/database/sql.js';

/** How what somebody tried ended. */
export const Outcome = declareEnum('Outcome', 'How what somebody tried ended', {
  SUCCESS: 'It was done',
  FAILURE: 'It did not succeed, such as a sign-in with a wrong password',
  DENIED: 'It was refused, because a right is missing or what it names may not be seen',
  ERROR: 'It broke',
});
export type Outcome = ValueOf<typeof Outcome>;

/** How much something matters. */
export const Severity = declareEnum('Severity', 'How much something matters', {
  CRITICAL: 'Somebody has to act at once',
  HIGH: 'Somebody should look at it soon',
  MEDIUM: 'Worth knowing, such as a refused attempt',
  LOW: 'Of little weight',
  INFO: 'Ordinary work',
});
export type Severity = ValueOf<typeof Severity>;

const dayMs = 86_400_000;

/** Until when an entry is kept, as SQL that an index can hold: the same at every time zone. */
export const keptUntil = (alias: string) => {
  const of = (column: string) => sql.ref(`${alias}.${column}`);
  return sql`((${of('created_at')} at time zone 'UTC') + make_interval(days => ${of('retention_days')}))`;
};

/** One thing that a person or an agent did or tried: the row that audit, feeds and jobs read. The graph shows it as `AuditEntry`. */
@Index({
  name: 'changes_kept_until',
  expression: `create index "changes_kept_until" on "changes" ((("created_at" at time zone 'UTC') + make_interval(days => "retention_days")))`,
} as never)
@Table({
  name: 'AuditEntry',
  type: 1,
  table: 'changes',
  description:
    'Something that a person or a program did or tried; it never changes. Seen by holders of audit:read, and by the one who did it unless it is sensitive',
  one: 'auditEntry',
  many: 'auditEntries',
  streams: [{ column: 'position' }],
})
export class Change extends BaseEntity {
  @Column({
    kind: 'long',
    description: 'Place in the order of everything, given after the commit; null for the moment before',
    nullable: true,
  })
  position!: number | null;

  @Column({
    kind: 'time',
    description: 'When it was done, by the clock of the database',
    default: 'clock_timestamp()',
    filter: true,
    order: true,
  })
  createdAt!: Date;

  @Column({
    kind: 'string',
    description: 'What was done, such as `jobs.job.enqueued`, `login_failed` or, for a refused mutation, `enqueueJob.denied`',
    filter: true,
  })
  action!: string;

  @Column({ kind: Severity, description: 'How much it matters', filter: true, default: `'INFO'` })
  severity!: Severity;

  @Column({ kind: Outcome, description: 'How it ended', filter: true })
  outcome!: Outcome;

  @Column({
    kind: 'id',
    description: 'Id of the user who did it, also when the user is gone; null for Signalbox and for strangers',
    nullable: true,
    filter: true,
  })
  actorId!: string | null;

  @Column({ kind: 'string', description: 'Name of who did it at that time; of a failed sign-in the name that was tried', filter: true })
  actorUsername!: string;

  @Column({
    kind: 'string',
    description:
      'Roles that they had at that time, by slug, separated by commas; `superuser` stands first; null when there were none. Of a program that used an API token, `token`, the beginning of the token and its name',
    nullable: true,
  })
  actorRole!: string | null;

  @Column({ kind: 'id', description: 'Id of the session in which it was done; null without one', nullable: true, filter: true })
  sessionId!: string | null;

  @Column({ kind: 'string', description: 'Type of what it was done to; null when it names nothing', nullable: true, filter: true })
  targetType!: string | null;

  @Column({ kind: 'id', description: 'Id of what it was done to', nullable: true, filter: true })
  targetId!: string | null;

  @Column({
    kind: 'string',
    description: 'Name of what it was done to, at that time: a username, a slug, a key; null when it has none',
    nullable: true,
    filter: true,
  })
  targetName!: string | null;

  @Column({ kind: 'json', description: 'The changed columns before, secrets redacted', nullable: true, hidden: true })
  before!: Record<string, unknown> | null;

  @Column({ kind: 'json', description: 'The changed columns after, secrets redacted', nullable: true, hidden: true })
  after!: Record<string, unknown> | null;

  @Column({ kind: 'json', description: 'What else belongs to it, such as the ids that a refused mutation named', nullable: true })
  details!: Record<string, unknown> | null;

  @Column({ kind: 'string', description: 'What there is to say about it; of what was refused or broke, why', nullable: true })
  message!: string | null;

  @Column({ kind: 'string', description: 'Request that did it; the log and the answer have the same id', nullable: true, filter: true })
  requestId!: string | null;

  @Column({ kind: 'string', description: 'Trace that it belongs to', nullable: true, filter: true })
  traceId!: string | null;

  @Column({ kind: 'id', description: 'Use of a tool that it belongs to', nullable: true, filter: true, hidden: true })
  executionId!: string | null;

  @Column({ kind: 'string', description: 'Address of the client', nullable: true, filter: true })
  ipAddress!: string | null;

  @Column({ kind: 'string', description: 'User agent of the client', nullable: true })
  userAgent!: string | null;

  @Column({ kind: 'boolean', description: 'Whether it concerns a secret; what it changed is redacted all the same', default: 'false' })
  isSensitive!: boolean;

  @Column({ kind: 'int', description: 'For how many days it is kept', default: '365' })
  retentionDays!: number;

  @Computed({
    kind: 'json',
    description: 'The changed columns `before` and `after`, secrets redacted; null when it changed none',
    nullable: true,
    needs: ['before', 'after'],
  })
  get changes(): object | null {
    return this.before || this.after ? { before: this.before, after: this.after } : null;
  }

  @Computed({
    kind: 'string',
    description: 'Why it did not succeed; null when it did',
    nullable: true,
    needs: ['message', 'outcome'],
  })
  get errorMessage(): string | null {
    return this.outcome === 'SUCCESS' ? null : this.message;
  }

  @Computed({ kind: 'int', description: 'How many whole days ago it was', needs: ['createdAt'] })
  get ageDays(): number {
    return Math.floor((Date.now() - new Date(this.createdAt).getTime()) / dayMs);
  }

  @Computed({
    kind: 'boolean',
    description: 'Whether its time has not passed yet: until then nothing deletes it',
    needs: ['createdAt', 'retentionDays'],
    sql: (alias) => sql`${keptUntil(alias)} >= (now() at time zone 'UTC')`,
  })
  get shouldBeRetained(): boolean {
    return new Date(this.createdAt).getTime() + this.retentionDays * dayMs >= Date.now();
  }
}
