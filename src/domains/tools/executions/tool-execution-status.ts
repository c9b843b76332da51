import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';

/** Where an execution of a tool stands. */
export const ToolExecutionStatus = declareEnum('ToolExecutionStatus', 'Where an execution of a tool stands', {
  WAITING_APPROVAL: 'A human has to agree first',
  QUEUED: 'Waits for a worker',
  RUNNING: 'A worker carries it out',
  SUCCEEDED: 'Done; there is a result',
  FAILED: 'It ended with an error, or took too long',
  REJECTED: 'A human refused it',
  CANCELLED: 'Stopped by somebody, or not decided in time',
});
export type ToolExecutionStatus = ValueOf<typeof ToolExecutionStatus>;

/** The legal moves: from a state to those that may follow it. */
const moves: Record<ToolExecutionStatus, readonly ToolExecutionStatus[]> = {
  WAITING_APPROVAL: ['QUEUED', 'REJECTED', 'CANCELLED'],
  QUEUED: ['RUNNING', 'CANCELLED'],
  // Back to QUEUED: its worker died or handed it back, and it runs again.
  RUNNING: ['SUCCEEDED', 'FAILED', 'CANCELLED', 'QUEUED'],
  SUCCEEDED: [],
  FAILED: [],
  REJECTED: [],
  CANCELLED: [],
};

/** The legal moves, each as `FROM>TO`. */
export const legalMoves: readonly string[] = Object.entries(moves).flatMap(([from, to]) => to.map((each) => `${from}>${each}`));

/** The states that nothing can follow. */
export const finalStates = (Object.keys(moves) as ToolExecutionStatus[]).filter((status) => moves[status].length === 0);

/** Whether nothing can follow a state. */
export const isFinal = (status: ToolExecutionStatus): boolean => moves[status].length === 0;
