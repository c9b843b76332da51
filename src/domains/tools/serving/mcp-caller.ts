import type { GraphContext } from '#core/graph/context.js';

/** Who asks over MCP, and how the graph answers them: with their rights, their points, and the audit trail of every mutation. */
export interface McpCaller {
  readonly context: GraphContext;
  /** Runs an operation of the graph on the caller's behalf; throws the `AppError` that it ends with. */
  ask<Data extends object>(document: string, variables: Record<string, unknown>): Promise<Data>;
  /** Aborted when the client has left or this process stops: whoever waits for something says then how far it is. */
  readonly signal: AbortSignal;
}

/** Tells how far a call is, when the client wants to know. */
export type TellProgress = (progress: number, message: string | null) => Promise<void>;
