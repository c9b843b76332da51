import type { GraphQLSchema } from 'graphql';
import { Authenticator } from '#domains/identity/index.js';
import type { GraphSystem } from '#core/graph/context.js';
import { PointMeter } from '#core/graph/execute/point-meter.js';
import { Executor } from '#core/graph/execute/executor.js';
import { introspection } from '#core/graph/graph.settings.js';
import { operationsPerSocket } from '#core/graph/limit.settings.js';
import { Connections } from '#core/server/connections.js';
import { Documents } from '#core/server/documents.js';
import { readClient } from '#core/server/client-request.js';
import { sessionCookies } from '#core/server/cookies.js';
import { GraphqlEvents } from '#core/server/graphql-events.js';
import { GraphqlHttp } from '#core/server/graphql-http.js';
import { GraphqlSocket } from '#core/server/graphql-socket.js';
import { HttpServer, type Handler } from '#core/server/http-server.js';
import type { Metrics } from '#core/server/metrics.js';
import { Origins } from '#core/server/origins.js';
import { Settings } from '#core/settings/settings.js';
import type { Config } from '../config.js';
import { askGraph } from './ask-graph.js';
import { auditRoutes } from './audit-routes.js';
import { browserRoutes } from './browser-routes.js';
import { machineRoutes } from './machine-routes.js';
import { mcpSourceRoutes } from './mcp-source-routes.js';
import { McpRoutes } from './mcp-routes.js';
import { measureFeeds } from './measure-feeds.js';
import { measureRefusals } from './measure-refusals.js';
import { operationContexts } from './operation-context.js';
import { toolkitFiles, toolkitRoute } from './toolkit-files.js';
import { trustedDocumentsOf } from './trusted-documents-of.js';

/** The running API of a process. */
export interface Api {
  port: number;
  stop(): Promise<void>;
}

/** Starts to answer GraphQL over HTTP and sockets, GraphiQL, uploads, probes, metrics and keys. */
export async function startApi(system: GraphSystem, config: Config, schema: GraphQLSchema, metrics: Metrics): Promise<Api> {
  const { log, services } = system;
  const settings = services.get(Settings);
  const meter = new PointMeter(services);
  const executor = new Executor(schema, {
    mostCost: config.MAX_COST,
    log,
    showsStatements: config.NODE_ENV !== 'production',
    meter,
    hidesSchema: () => !settings.value(introspection),
  });
  const limits = { mostDepth: config.MAX_DEPTH, mostAliases: config.MAX_ALIASES };
  const contextFor = operationContexts(system, services.get(Authenticator));
  const documents = new Documents(executor.schema, limits);
  const trusted = trustedDocumentsOf(config, settings, documents);
  const http = new GraphqlHttp({ executor, limits, log, mostBytes: config.MAX_BODY_BYTES, trusted });
  const connections = new Connections(services);
  const events = new GraphqlEvents({ executor, documents, log, mostBytes: config.MAX_BODY_BYTES, connections, trusted });
  const origins = new Origins(config.PUBLIC_URL, config.ALLOWED_ORIGINS);
  const ask = askGraph(executor, documents);
  const mcp = new McpRoutes({ system, config, contextFor, ask, meter, connections, origins });
  const sockets = new GraphqlSocket({
    executor,
    documents,
    log,
    mostBytes: config.MAX_BODY_BYTES,
    surroundings: config,
    connections,
    trusted,
    mostOperations: () => settings.value(operationsPerSocket),
    contextFor,
  });

  measureFeeds(system, metrics, sockets, events);
  measureRefusals(system, metrics);

  const answerBy =
    (answers: Pick<GraphqlHttp, 'answer'>): Handler =>
    (request, response) =>
      answers.answer(request, response, () => {
        const gone = new AbortController();
        response.once('close', () => {
          // To abort makes an error with its stack, for nothing when the answer has been sent.
          if (!response.writableFinished) gone.abort();
        });
        return contextFor(readClient(request, config), gone.signal, sessionCookies(response, config.PUBLIC_URL));
      });
  const routes = {
    'POST /graphql': answerBy(http),
    'GET /graphql': answerBy(http),
    'POST /graphql/stream': answerBy(events),
    'GET /graphql/stream': answerBy(events),
    ...browserRoutes(system, config, contextFor),
    ...auditRoutes(system, config, contextFor, executor.schema),
    ...mcpSourceRoutes(system, config, contextFor),
    ...machineRoutes(system, config, contextFor, metrics),
    ...mcp.routes,
    [toolkitRoute]: toolkitFiles(system, config, contextFor),
  };

  await http.start();
  const server = new HttpServer({
    routes,
    anyOrigin: [toolkitRoute],
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
      mcp.stop();
      await sockets.stop();
      await closed;
      await http.stop();
    },
  };
}
