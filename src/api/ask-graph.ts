import { AppError, type ErrorCode } from '#core/errors/app-error.js';
import type { GraphContext } from '#core/graph/context.js';
import type { Executor } from '#core/graph/execute/executor.js';
import type { Documents } from '#core/server/documents.js';

/** Runs an operation of our own on behalf of whoever a context is for, as if they had sent it; throws the error that it ends with. */
export type AskGraph = (context: GraphContext, text: string, variables: Record<string, unknown>) => Promise<unknown>;

/** How other interfaces than GraphQL ask the graph: with its rights, its costs and its audit trail. */
export const askGraph =
  (executor: Executor, documents: Documents): AskGraph =>
  async (context, text, variables) => {
    const document = documents.get(text);
    if (!('kind' in document)) throw new Error(`An operation of our own is not valid: ${document.map(String).join('; ')}`);
    const { data, errors } = await executor.execute({ document, variables, context });
    // What is asked next may have changed meanwhile.
    context.reader.clear();
    const [error] = errors ?? [];
    if (!error) return data;
    const { message, extensions } = executor.shown(error.toJSON(), error);
    const { code, ...details } = extensions as { code: ErrorCode };
    throw new AppError(code, message, details);
  };
