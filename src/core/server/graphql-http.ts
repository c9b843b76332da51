import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApolloServer, HeaderMap, type ApolloServerOptionsWithGateway } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled';
import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { GraphContext } from '#core/graph/context.js';
import type { Executor } from '#core/graph/execute/executor.js';
import { documentLimits, mostTokens, type DocumentLimits } from '#core/graph/execute/limits.js';
import type { Logger } from '#core/log/logger.js';
import { namedInUrl } from './named-in-url.js';
import { parseJson } from './parse-json.js';
import { readBody } from './read-body.js';
import { retryAfter } from './retry-after.js';
import type { TrustedDocuments } from './trusted-documents.js';

const mostDocuments = 1_000;
const mostCharacters = 16 * 1024 * 1024;
const readByApollo = ['content-type', 'accept', 'apollo-require-preflight', 'x-apollo-operation-name'];

/** What answering over HTTP needs. */
export interface GraphqlHttpOptions {
  executor: Executor;
  limits: DocumentLimits;
  log: Logger;
  mostBytes: number;
  trusted: TrustedDocuments;
}

/** Answers GraphQL over HTTP (https://graphql.github.io/graphql-over-http). */
export class GraphqlHttp {
  readonly #apollo: ApolloServer<GraphContext>;

  constructor(readonly options: GraphqlHttpOptions) {
    const { executor, limits, log } = options;
    this.#apollo = new ApolloServer<GraphContext>({
      gateway: compiled(executor),
      documentStore: boundedStore(),
      validationRules: [documentLimits(limits)],
      introspection: true,
      includeStacktraceInErrorResponses: false,
      persistedQueries: false,
      parseOptions: { maxTokens: mostTokens },
      plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled()],
      formatError: (formatted, error) => executor.shown(formatted, error),
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
    const search = /\?.*/s.exec(request.url ?? '')?.[0] ?? '';
    const headers = new HeaderMap();
    for (const name of readByApollo) {
      const value = request.headers[name];
      if (value !== undefined) headers.set(name, String(value));
    }
    const body =
      request.method === 'POST' ? parseJson(await readBody(request, this.options.mostBytes), headers.get('content-type') ?? '') : undefined;
    // Before Apollo, which would answer credentials that are not valid with status 500.
    const contextValue = await context();
    const { trusted } = this.options;
    const { actor } = contextValue;
    const answer = await this.#apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method ?? 'GET',
        headers,
        ...(body === undefined ? { search: namedInUrl(search, trusted, actor), body } : { search, body: trusted.resolve(body, actor) }),
      },
      context: async () => contextValue,
    });
    for (const [name, value] of answer.headers) response.setHeader(name, value);
    response.statusCode = answer.status ?? 200;
    if (answer.body.kind === 'complete') {
      const seconds = retryAfter(answer.body.string);
      if (seconds !== null) response.setHeader('retry-after', seconds);
      response.end(answer.body.string);
    } else {
      for await (const chunk of answer.body.asyncIterator) response.write(chunk);
      response.end();
    }
  }
}

// Apollo takes an executor of one's own only as that of a gateway; there is no other one behind it.
function compiled(executor: Executor): ApolloServerOptionsWithGateway<GraphContext>['gateway'] {
  return {
    load: async () => ({
      executor: ({ document, request, context }) =>
        executor.execute({
          document,
          operationName: request.operationName,
          variables: request.variables,
          context: context as GraphContext,
        }) as never,
    }),
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: executor.schema, coreSupergraphSdl: '' });
      return () => {};
    },
    stop: async () => {},
  };
}

function boundedStore(): NonNullable<ApolloServerOptionsWithGateway<GraphContext>['documentStore']> {
  const documents = new LRUCache<string, DocumentNode>({
    max: mostDocuments,
    maxSize: mostCharacters,
    sizeCalculation: ({ loc }) => (loc?.source.body.length ?? 0) + 1,
  });
  return {
    get: async (key) => documents.get(key),
    set: async (key, document) => void documents.set(key, document),
    delete: async (key) => documents.delete(key),
  };
}
