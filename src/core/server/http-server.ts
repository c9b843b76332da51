import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { AppError } from '#core/errors/app-error.js';
import { maskError } from '#core/errors/mask-error.js';
import type { Logger } from '#core/log/logger.js';
import type { Metrics } from './metrics.js';
import type { Origins } from './origins.js';
import { respondError } from './respond.js';

/** Answers one request. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * What the server answers: handlers by "METHOD /path", by "METHOD /folder/*" for every path right below one, by "METHOD /folder/**" for
 * every path further below, or with one `*` for the folder before the last part; and what happens to upgraded connections at `/graphql`.
 */
export interface HttpServerOptions {
  routes: Readonly<Record<string, Handler>>;
  /** Routes that pages of any origin may ask: they change nothing, and say themselves who may read the answer. */
  anyOrigin?: readonly string[];
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  origins: Origins;
  metrics: Metrics;
  log: Logger;
}

const headersTimeoutMs = 15_000;

/** The HTTP server: routes, origins, errors, orderly stop. */
export class HttpServer {
  readonly #server: Server;

  constructor(readonly options: HttpServerOptions) {
    this.#server = createServer(
      { headersTimeout: headersTimeoutMs, requestTimeout: 0 },
      (request, response) => void this.#answer(request, response),
    );
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Listens; returns the port. */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => this.#server.once('error', reject).listen(port, host, resolve)).catch(
      (error: NodeJS.ErrnoException) => {
        throw error.code === 'EADDRINUSE'
          ? new Error(`Something listens on ${host}:${port} already (EADDRINUSE): set another PORT or WORKER_PORT`)
          : error;
      },
    );
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no more connections and waits for the answers that are under way. */
  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), 5_000);
    await closed;
    clearTimeout(timer);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { routes, anyOrigin = [], origins, metrics, log } = this.options;
    const path = (request.url ?? '/').split('?')[0]!;
    const route = routeOf(routes, `${request.method} ${path}`);
    const began = performance.now();
    response.once('close', () =>
      metrics.answered(routes[route] ? route.split(' ')[1]! : 'other', response.statusCode, (performance.now() - began) / 1000),
    );
    try {
      secure(response);
      const { origin } = request.headers;
      if (!origins.allows(request) && !anyOrigin.includes(route))
        throw new AppError('FORBIDDEN', `Pages of ${origin ?? 'another site'} may not use this server: add it to ALLOWED_ORIGINS`);
      if (origin !== undefined && origins.lists(origin)) allowOrigin(response, origin);
      if (request.method === 'OPTIONS') return void response.writeHead(204).end();
      const handler = routes[route];
      if (!handler) throw new AppError('NOT_FOUND', `There is nothing at ${request.method} ${path}`);
      await handler(request, response);
    } catch (error) {
      const known = maskError(error, log);
      if (response.headersSent) response.destroy();
      else respondError(response, known);
    }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refuse = (status: string): void => void socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    socket.on('error', () => socket.destroy());
    if ((request.url ?? '').split('?')[0] !== '/graphql') return refuse('404 Not Found');
    if (!this.options.origins.allows(request)) return refuse('403 Forbidden');
    try {
      this.options.upgrade(request, socket, head);
    } catch (error) {
      const { code, details } = maskError(error, this.options.log);
      if (code !== 'RATE_LIMITED') return refuse('500 Internal Server Error');
      refuse(`429 Too Many Requests\r\nretry-after: ${Math.ceil((details.retryAfterMs ?? 1_000) / 1_000)}`);
    }
  }
}

function routeOf(routes: HttpServerOptions['routes'], exact: string): string {
  if (routes[exact]) return exact;
  const right = `${exact.slice(0, exact.lastIndexOf('/'))}/*`;
  const between = exact.replace(/\/[^/]+(\/[^/]+)$/, '/*$1');
  const near = [right, between].find((each) => routes[each]);
  if (near) return near;
  for (let end = exact.lastIndexOf('/'); end > 0; end = exact.lastIndexOf('/', end - 1)) {
    const further = `${exact.slice(0, end)}/**`;
    if (routes[further]) return further;
  }
  return exact;
}

function secure(response: ServerResponse): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('referrer-policy', 'no-referrer');
}

function allowOrigin(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader(
    'access-control-allow-headers',
    'authorization, content-type, apollo-require-preflight, traceparent, mcp-protocol-version',
  );
  response.setHeader('access-control-allow-methods', 'GET, POST, OPTIONS');
  response.setHeader('vary', 'origin');
}
