import type { Ref } from '@mikro-orm/core';
import { BaseEntity } from '#core/database/base-entity.js';
import { Column } from '#core/database/declare/column.js';
import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';
import { Table } from '#core/database/declare/table.js';
import { ToOne } from '#core/database/declare/to-one.js';
import { LogLevel } from '#core/feed/log-level.js';
import { LogStream } from '#domains/jobs/job-log-line.entity.js';
import { ToolExecutionStatus } from './tool-execution-status.js';
import { ToolExecution } from './tool-execution.entity.js';

/** What an event of an execution tells. */
export const ToolExecutionEventKind = declareEnum('ToolExecutionEventKind', 'What an event of an execution of a tool tells', {
  STATUS: 'It stands somewhere else now',
  PROGRESS: 'Its run reported how far it is',
  OUTPUT: 'Its run printed or logged a line',
});
export type ToolExecutionEventKind = ValueOf<typeof ToolExecutionEventKind>;

/** One thing that happened to an execution of a tool, or that its run told. */
@Table({
  name: 'ToolExecutionEvent',
  type: 70,
  table: 'tool_execution_events',
  description: 'One thing that happened to an execution of a tool, or that its run told; seen by whoever sees the execution',
  streams: [{ by: 'execution', column: 'seq' }],
})
export class ToolExecutionEvent extends BaseEntity {
  @ToOne(() => ToolExecution, {
    description: 'Execution, as it is now',
    onDelete: 'cascade',
    inverse: { name: 'events', description: 'What happened to it, and what its runs told' },
  })
  execution!: Ref<ToolExecution>;

  @Column({ kind: 'long', description: 'Place among the events of its execution, from 1 without a gap' })
  seq!: number;

  @Column({ kind: ToolExecutionEventKind, description: 'What it tells' })
  kind!: ToolExecutionEventKind;

  @Column({ kind: ToolExecutionStatus, description: 'Where the execution stood' })
  status!: ToolExecutionStatus;

  @Column({ kind: 'int', description: 'Run that it belongs to; 0 before the first' })
  attempt!: number;

  @Column({ kind: 'string', description: "The run's own word for what it is doing", nullable: true })
  phase: string | null = null;

  @Column({ kind: 'string', description: 'What happened, for people; of OUTPUT the line, without its end', nullable: true })
  message: string | null = null;

  @Column({ kind: 'float', description: 'How far it is, 0 to 100; null when that was not told', nullable: true })
  progress: number | null = null;

  @Column({ kind: 'json', description: 'Details that the run gave', nullable: true })
  payload: unknown = null;

  @Column({ kind: LogStream, description: 'Where the line of OUTPUT comes from; null for others', nullable: true })
  stream: LogStream | null = null;

  @Column({ kind: LogLevel, description: 'How much the line of OUTPUT matters; null for others', nullable: true })
  level: LogLevel | null = null;

  @Column({ kind: 'time', description: 'Time of the event' })
  createdAt!: Date;
}
