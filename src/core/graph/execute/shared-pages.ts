import type { ExecutionResult } from 'graphql';
import type { GraphContext } from '../context.js';

/** The context under which a page was read that several subscribers get; a page of one subscriber alone is not in it. */
export const readBy = new WeakMap<object, GraphContext>();

/** The answers made of pages, so that each is made once for all who asked the same. */
export class SharedPages {
  readonly #answers = new WeakMap<object, Map<string, Promise<ExecutionResult>>>();

  /** The answer made of a page for those who asked this; null for a page that nobody shares. */
  answer(page: object, asked: string, make: (context: GraphContext) => Promise<ExecutionResult>): Promise<ExecutionResult> | null {
    const context = readBy.get(page);
    if (!context) return null;
    let answers = this.#answers.get(page);
    if (!answers) this.#answers.set(page, (answers = new Map()));
    let answer = answers.get(asked);
    if (!answer) answers.set(asked, (answer = make(context)));
    return answer;
  }
}
