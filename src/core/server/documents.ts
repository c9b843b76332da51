import { GraphQLError, parse, specifiedRules, validate, type DocumentNode, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { documentLimits, mostTokens, type DocumentLimits } from '#core/graph/execute/limits.js';

// Large ones, which anybody may send, push out others instead of filling the memory.
const mostCharacters = 16 * 1024 * 1024;

/** Parses and validates documents once; the newest are kept. */
export class Documents {
  readonly #known = new LRUCache<string, DocumentNode | readonly GraphQLError[]>({
    max: 1_000,
    maxSize: mostCharacters,
    sizeCalculation: (_document, text) => text.length + 1,
  });

  constructor(
    readonly schema: GraphQLSchema,
    readonly limits: DocumentLimits,
  ) {}

  /** The document of a text, or what is wrong with it. */
  get(text: string): DocumentNode | readonly GraphQLError[] {
    const known = this.#known.get(text);
    if (known) return known;
    let result: DocumentNode | readonly GraphQLError[];
    try {
      const document = parse(text, { maxTokens: mostTokens });
      const errors = validate(this.schema, document, [...specifiedRules, documentLimits(this.limits)]);
      result = errors.length > 0 ? errors : document;
    } catch (error) {
      result = [ofLanguage(error as Error)];
    }
    this.#known.set(text, result);
    return result;
  }
}

/** What is nested too deeply fails in the language's own code, with an error that is none of the language. */
export const ofLanguage = (error: Error): GraphQLError =>
  error instanceof GraphQLError ? error : new GraphQLError(error.message, { originalError: error });
