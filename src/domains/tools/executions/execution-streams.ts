import type { EntityManager } from '@mikro-orm/postgresql';
import { declarationOf } from '#core/database/declare/registry.js';
import { append } from '#core/feed/streams.js';
import { ToolExecutionEvent } from './tool-execution-event.entity.js';

/** The stream of what happens to an execution and of what its runs tell. */
export const eventsOfExecution = (executionId: string): string => `${declarationOf(ToolExecutionEvent).table}:${executionId}`;

/** An event as it is appended. */
export type NewExecutionEvent = Pick<ToolExecutionEvent, 'kind' | 'status' | 'attempt'> &
  Partial<Pick<ToolExecutionEvent, 'phase' | 'message' | 'progress' | 'payload' | 'stream' | 'level' | 'createdAt'>>;

/** Appends events to an execution; whoever does so holds the row of its job, or is the one who made it. */
export const appendExecutionEvents = (
  em: EntityManager,
  executionId: string,
  events: readonly NewExecutionEvent[],
): Promise<number | null> =>
  append(
    em,
    { stream: eventsOfExecution(executionId), fence: 0, entity: ToolExecutionEvent, column: 'seq' },
    events.map((event) => ({ ...event, execution: executionId })),
  );
