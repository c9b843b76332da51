import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import { AppError } from '#core/errors/app-error.js';
import { badInput } from '#core/errors/bad-input.js';
import type { GraphContext } from '#core/graph/context.js';
import { publicError } from '#core/graph/public-error.js';
import type { Logger } from '#core/log/logger.js';
import { readBody } from './read-body.js';

const mostTokens = 5_000;

/** Answers GraphQL over HTTP (https://graphql.github.io/graphql-over-http). */
export class GraphqlHttp {
  readonly #apollo: ApolloServer<GraphContext>;

  constructor(
    schema: GraphQLSchema,
    readonly log: Logger,
    readonly mostBytes: number,
  ) {
    this.#apollo = new ApolloServer<GraphContext>({
      schema,
      introspection: true,
      includeStacktraceInErrorResponses: false,
      persistedQueries: false,
      parseOptions: { maxTokens: mostTokens },
      plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled()],
      formatError: (formatted, error) => publicError(formatted, error, log),
      logger: { debug() {}, info() {}, warn: (text: string) => log.warn(text), error: (text: string) => log.error(text) },
      stopOnTerminationSignals: false,
    });
  }

  /** Prepares the server for requests. */
  start(): Promise<void> {
    return this.#apollo.start();
  }

  /** Waits for the requests that are being answered. */
  stop(): Promise<void> {
    return this.#apollo.stop();
  }

  /** Answers one request. */
  async answer(request: IncomingMessage, response: ServerResponse, context: () => Promise<GraphContext>): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const headers = new HeaderMap();
    for (const [name, value] of Object.entries(request.headers))
      if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
    const body = request.method === 'POST' ? parse(await readBody(request, this.mostBytes), headers.get('content-type') ?? '') : undefined;
    // Before Apollo, which would answer credentials that are not valid with status 500.
    const contextValue = await context();
    const answer = await this.#apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method: request.method ?? 'GET', headers, search: url.search, body },
      context: async () => contextValue,
    });
    for (const [name, value] of answer.headers) response.setHeader(name, value);
    response.statusCode = answer.status ?? 200;
    if (answer.body.kind === 'complete') response.end(answer.body.string);
    else {
      for await (const chunk of answer.body.asyncIterator) response.write(chunk);
      response.end();
    }
  }
}

function parse(text: string, contentType: string): unknown {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(contentType)) throw badInput('The content type must be application/json');
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('BAD_USER_INPUT', 'The body of the request is not valid JSON');
  }
}
