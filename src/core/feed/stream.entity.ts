import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** The head of a stream: its newest position, who may write to it, and whether it has ended. */
@Entity({ tableName: 'streams', comment: 'Heads of the streams that feeds read' })
export class Stream {
  @PrimaryKey({ type: 'text' })
  name!: string;

  @Property({ type: 'double', columnType: 'bigint', defaultRaw: '0' })
  seq!: number;

  /** The first position that is kept; what stood before it has been removed. */
  @Property({ type: 'double', columnType: 'bigint', defaultRaw: '1' })
  oldest!: number;

  /** Only a writer that names this number may append: a lost worker that wakes up holds an older one. */
  @Property({ type: 'integer', defaultRaw: '0' })
  fence!: number;

  @Property({ type: 'Date', columnType: 'timestamptz(3)', nullable: true })
  endedAt!: Date | null;

  @Property({ type: 'text', nullable: true })
  reason!: string | null;
}
