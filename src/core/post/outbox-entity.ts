import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';

/** A row that an outbox sends: what is still to be sent, and what was. */
export abstract class OutboxEntity extends BaseEntity {
  @Column({ kind: 'time', description: 'Since when' })
  createdAt: Date = new Date();

  @Column({ kind: 'time', description: 'When to send it next; null when it was sent or is not to be sent', nullable: true })
  nextAttemptAt: Date | null = null;

  @Column({ kind: 'int', description: 'How often it was tried to send it', default: '0' })
  attempts: number = 0;

  @Column({ kind: 'time', description: 'When it was sent', nullable: true })
  sentAt: Date | null = null;

  @Column({ kind: 'string', description: 'Why it could not be sent', nullable: true })
  lastError: string | null = null;
}
