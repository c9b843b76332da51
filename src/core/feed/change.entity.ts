import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';

/** How what somebody tried ended. */
export const Outcome = declareEnum('Outcome', 'How what somebody tried ended', {
  SUCCESS: 'It was done',
  FAILURE: 'It was refused: wrong credentials, a missing right, a state that does not allow it',
  ERROR: 'It broke',
});
export type Outcome = ValueOf<typeof Outcome>;

/** One thing that a person or an agent did or tried: the row that audit, feeds and jobs read. */
@Table({ type: 1, table: 'changes', description: 'What people and agents did or tried', streams: [{ column: 'position' }] })
export class Change extends BaseEntity {
  @Column({ kind: 'long', description: 'Place in the order of everything, given after commit', nullable: true })
  position!: number | null;

  @Column({ kind: 'time', description: 'Time of the change, by the clock of the database', default: 'clock_timestamp()' })
  createdAt!: Date;

  @Column({ kind: 'string', description: 'What was done, such as `jobs.job.enqueued`', filter: true })
  action!: string;

  @Column({ kind: Outcome, description: 'How it ended' })
  outcome!: Outcome;

  @Column({ kind: 'id', description: 'Who did it; no foreign key, so that it outlives the user', nullable: true, filter: true })
  actorId!: string | null;

  @Column({ kind: 'string', description: 'Name of the actor at that time' })
  actorName!: string;

  @Column({ kind: 'string', description: 'Type of what was changed', nullable: true })
  subjectType!: string | null;

  @Column({ kind: 'id', description: 'Id of what was changed', nullable: true, filter: true })
  subjectId!: string | null;

  @Column({ kind: 'json', description: 'The changed columns before, secrets redacted', nullable: true })
  before!: object | null;

  @Column({ kind: 'json', description: 'The changed columns after, secrets redacted', nullable: true })
  after!: object | null;

  @Column({ kind: 'string', description: 'Why it was refused or broke', nullable: true })
  message!: string | null;

  @Column({ kind: 'string', description: 'Request that did it', nullable: true })
  requestId!: string | null;

  @Column({ kind: 'string', description: 'Trace that it belongs to', nullable: true })
  traceId!: string | null;

  @Column({ kind: 'string', description: 'Address of the client', nullable: true })
  sourceIp!: string | null;

  @Column({ kind: 'string', description: 'User agent of the client', nullable: true })
  userAgent!: string | null;
}
