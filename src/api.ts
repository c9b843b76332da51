import type { IncomingMessage, ServerResponse } from 'node:http';
import { storeUpload } from '#domains/files/index.js';
import { Authenticator, sessionMs, SigningKeys, signInByLink } from '#domains/identity/index.js';
import { maskError } from '#core/errors/mask-error.js';
import { Denied } from '#core/feed/denied.js';
import { write } from '#core/feed/write.js';
import type { CookieJar, GraphContext, GraphSystem } from '#core/graph/context.js';
import { recordDenial } from '#core/graph/mutation.js';
import { Reader } from '#core/graph/read/reader.js';
import { anonymous, authorize } from '#core/policy/actor.js';
import { readClient, sessionCookie, type ClientRequest } from '#core/server/client-request.js';
import { graphiqlPage } from '#core/server/graphiql-page.js';
import { GraphqlHttp } from '#core/server/graphql-http.js';
import { GraphqlSocket } from '#core/server/graphql-socket.js';
import { HttpServer, type Handler } from '#core/server/http-server.js';
import { Metrics } from '#core/server/metrics.js';
import { Origins } from '#core/server/origins.js';
import { receiveUpload } from '#core/server/receive-upload.js';
import { respondJson } from '#core/server/respond.js';
import { signInPage } from '#core/server/sign-in-page.js';
import type { Config } from './config.js';
import { exampleTabs } from './example-tabs.js';
import { graphSchema } from './graph.js';

/** The running API of a process. */
export interface Api {
  port: number;
  stop(): Promise<void>;
}

const noCookies: CookieJar = { setSession: () => {} };

/** Starts to answer GraphQL over HTTP and sockets, GraphiQL, uploads, probes, metrics and keys. */
export async function startApi(system: GraphSystem, config: Config): Promise<Api> {
  const { log, services, database } = system;
  const authenticator = services.get(Authenticator);
  const schema = await graphSchema();
  const metrics = new Metrics();

  const contextFor = async (client: ClientRequest, signal: AbortSignal, cookies: CookieJar = noCookies): Promise<GraphContext> => {
    const actor = await authenticator.authenticate(client.credentials);
    const reader = new Reader(database.fork, actor, system.policies);
    return {
      ...client, actor, reader, cookies, signal, system,
      // Apollo executes an operation with a copy of this object, so that both go by `this`.
      currentActor() {
        return this.actor.sessionId === null ? Promise.resolve(this.actor) : authenticator.bySession(this.actor.sessionId);
      },
      async become(sessionId) {
        this.actor = (await authenticator.bySession(sessionId)) ?? anonymous;
        this.reader = new Reader(database.fork, this.actor, system.policies);
      },
    };
  };

  const http = new GraphqlHttp(schema, log, config.MAX_BODY_BYTES);
  const sockets = new GraphqlSocket({ schema, log, mostBytes: config.MAX_BODY_BYTES, trustProxy: config.TRUST_PROXY, contextFor });
  metrics.gauge('signalbox_sockets', 'Open sockets', () => sockets.open);
  metrics.gauge('signalbox_feed_listeners', 'Feeds that wait for something new', () => system.bell.listening);

  const isSecure = config.PUBLIC_URL?.startsWith('https:') ?? false;
  const cookiesOf = (response: ServerResponse): CookieJar => ({
    setSession: (value, maxAgeMs) => response.setHeader('set-cookie', `${sessionCookie}=${value ?? ''}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${Math.floor(maxAgeMs / 1000)}${isSecure ? '; Secure' : ''}`),
  });
  const clientOf = (request: IncomingMessage): ClientRequest => readClient(request, config.TRUST_PROXY);
  const html = (response: ServerResponse, status: number, page: string): void => void response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(page);

  const graphql: Handler = (request, response) => http.answer(request, response, () => contextFor(clientOf(request), new AbortController().signal, cookiesOf(response)));
  const graphiql = graphiqlPage(exampleTabs);

  const routes: Record<string, Handler> = {
    'POST /graphql': graphql,
    'GET /graphql': graphql,
    'GET /': async (request, response) => {
      const actor = await authenticator.authenticate(clientOf(request).credentials).catch(() => anonymous);
      html(response, 200, actor.kind === 'anonymous' ? signInPage() : graphiql);
    },
    'GET /sign-in': async (request, response) => {
      const token = new URL(request.url!, 'http://localhost').searchParams.get('token') ?? '';
      const context = await contextFor({ ...clientOf(request), credentials: {} }, new AbortController().signal);
      try {
        const { result } = await write(system, context, (change) => signInByLink(change, services.get(SigningKeys), token));
        cookiesOf(response).setSession(result.cookie, sessionMs);
        response.writeHead(303, { location: '/' }).end();
      } catch (error) {
        if (error instanceof Denied) await recordDenial(context, 'signInByLink', error);
        const { message } = maskError(error, log);
        html(response, 401, signInPage(message));
      }
    },
    'POST /uploads': async (request, response) => {
      const context = await contextFor(clientOf(request), new AbortController().signal);
      authorize(context.actor, 'file:upload');
      const { id, name, sizeBytes, sha256 } = await receiveUpload(request, (fileName, content) => storeUpload(system, context, fileName, content));
      respondJson(response, 201, { id, name, sizeBytes, sha256 });
    },
    'GET /healthz': async (_request, response) => respondJson(response, 200, { status: 'alive' }),
    'GET /readyz': async (_request, response) => {
      const isReady = await database.orm.isConnected();
      respondJson(response, isReady ? 200 : 503, { status: isReady ? 'ready' : 'the database does not answer' });
    },
    'GET /metrics': async (_request, response) => void response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(await metrics.registry.metrics()),
    'GET /.well-known/jwks.json': async (_request, response) => respondJson(response, 200, services.get(SigningKeys).jwks),
  };

  await http.start();
  const server = new HttpServer({ routes, metrics, log, origins: new Origins(config.PUBLIC_URL, config.ALLOWED_ORIGINS), upgrade: (request, socket, head) => sockets.accept(request, socket, head) });
  const port = await server.listen(config.HOST, config.PORT);
  return {
    port,
    stop: async () => {
      await sockets.stop();
      await server.stop();
      await http.stop();
    },
  };
}

