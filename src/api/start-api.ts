import type { GraphQLSchema } from 'graphql';
import { Authenticator } from '#domains/identity/index.js';
import type { GraphSystem } from '#core/graph/context.js';
import { Executor } from '#core/graph/execute/executor.js';
import { Documents } from '#core/server/documents.js';
import { readClient } from '#core/server/client-request.js';
import { sessionCookies } from '#core/server/cookies.js';
import { GraphqlEvents } from '#core/server/graphql-events.js';
import { GraphqlHttp } from '#core/server/graphql-http.js';
import { GraphqlSocket } from '#core/server/graphql-socket.js';
import { HttpServer, type Handler } from '#core/server/http-server.js';
import type { Metrics } from '#core/server/metrics.js';
import { Origins } from '#core/server/origins.js';
import type { Config } from '../config.js';
import { browserRoutes } from './browser-routes.js';
import { machineRoutes } from './machine-routes.js';
import { measureFeeds } from './measure-feeds.js';
import { operationContexts } from './operation-context.js';

/** The running API of a process. */
export interface Api {
  port: number;
  stop(): Promise<void>;
}

/** Starts to answer GraphQL over HTTP and sockets, GraphiQL, uploads, probes, metrics and keys. */
export async function startApi(system: GraphSystem, config: Config, schema: GraphQLSchema, metrics: Metrics): Promise<Api> {
  const { log, services } = system;
  const executor = new Executor(schema, { mostCost: config.MAX_COST, log, showsStatements: config.NODE_ENV !== 'production' });
  const limits = { mostDepth: config.MAX_DEPTH, mostAliases: config.MAX_ALIASES };
  const contextFor = operationContexts(system, services.get(Authenticator));
  const http = new GraphqlHttp({ executor, limits, log, mostBytes: config.MAX_BODY_BYTES });
  const documents = new Documents(executor.schema, limits);
  const events = new GraphqlEvents({ executor, documents, log, mostBytes: config.MAX_BODY_BYTES });
  const sockets = new GraphqlSocket({
    executor,
    documents,
    log,
    mostBytes: config.MAX_BODY_BYTES,
    trustProxy: config.TRUST_PROXY,
    contextFor,
  });

  measureFeeds(system, metrics, sockets, events);

  const answerBy =
    (answers: Pick<GraphqlHttp, 'answer'>): Handler =>
    (request, response) =>
      answers.answer(request, response, () => {
        const gone = new AbortController();
        response.once('close', () => {
          // To abort makes an error with its stack, for nothing when the answer has been sent.
          if (!response.writableFinished) gone.abort();
        });
        return contextFor(readClient(request, config.TRUST_PROXY), gone.signal, sessionCookies(response, config.PUBLIC_URL));
      });
  const routes = {
    'POST /graphql': answerBy(http),
    'GET /graphql': answerBy(http),
    'POST /graphql/stream': answerBy(events),
    'GET /graphql/stream': answerBy(events),
    ...browserRoutes(system, config, contextFor),
    ...machineRoutes(system, config, contextFor, metrics),
  };

  await http.start();
  const origins = new Origins(config.PUBLIC_URL, config.ALLOWED_ORIGINS);
  const server = new HttpServer({
    routes,
    metrics,
    log,
    origins,
    upgrade: (request, socket, head) => sockets.accept(request, socket, head),
  });
  const port = await server.listen(config.HOST, config.PORT);
  return {
    port,
    stop: async () => {
      // Nothing may be opened any more when all that is open is ended.
      const closed = server.stop();
      events.stop();
      await sockets.stop();
      await closed;
      await http.stop();
    },
  };
}
