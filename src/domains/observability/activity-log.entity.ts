import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';
import { LogLevel } from '#core/feed/log-level.js';

/** What an entry of the activity log tells of. */
export const ActivityLogType = declareEnum('ActivityLogType', 'What an entry of the activity log tells of', {
  MCP_REQUEST: 'An MCP client asked for something',
  MCP_RESPONSE: 'What it was answered; `requestId` leads to the question',
  NETWORK: 'A request to another machine',
  ALERT: 'Something that somebody should look at',
  ERROR: 'Something failed',
  SYSTEM: 'Something that Signalbox did by itself',
  AUDIT: 'Something that a person did',
});
export type ActivityLogType = ValueOf<typeof ActivityLogType>;

/** One thing that happened between Signalbox and the clients and servers of MCP. */
@Table({
  name: 'ActivityLog',
  type: 68,
  table: 'activity_logs',
  description: 'One thing that happened between Signalbox and the clients and servers of MCP; seen by holders of activity:read',
  one: 'activityLog',
  many: 'activityLogs',
  streams: [{ column: 'position' }],
})
export class ActivityLog extends BaseEntity {
  @Column({ kind: 'long', description: 'Place in the order of everything', nullable: true, hidden: true })
  position: number | null = null;

  @Column({ kind: 'id', description: 'MCP server that it is about; null for none', nullable: true, hidden: true })
  serverId: string | null = null;

  @Column({ kind: ActivityLogType, description: 'What it tells of', filter: true })
  logType!: ActivityLogType;

  @Column({ kind: LogLevel, description: 'How much it matters', filter: true })
  level: LogLevel = 'INFO';

  @Column({ kind: 'string', description: 'What happened, for people' })
  message!: string;

  @Column({ kind: 'json', description: 'Details, without what looks like a secret; null for none', nullable: true })
  details: unknown = null;

  @Column({ kind: 'string', description: 'The same in a request and its response; null for what is neither', nullable: true, filter: true })
  requestId: string | null = null;

  @Column({ kind: 'int', description: 'How long it took, in milliseconds; null for what has no duration', nullable: true })
  durationMs: number | null = null;

  @Column({
    kind: 'string',
    description: 'Trace that it belongs to: the same in jobs, executions and audit entries that it caused',
    nullable: true,
    filter: true,
  })
  traceId: string | null = null;

  @Column({ kind: 'time', description: 'When it happened', filter: true, order: true })
  createdAt: Date = new Date();
}
