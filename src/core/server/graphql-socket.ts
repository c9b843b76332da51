import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError, parse, specifiedRules, validate, type DocumentNode, type ExecutionArgs } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { LRUCache } from 'lru-cache';
import { WebSocketServer } from 'ws';
import { AppError } from '#core/errors/app-error.js';
import { maskError } from '#core/errors/mask-error.js';
import type { GraphContext } from '#core/graph/context.js';
import type { Executor, OperationRequest } from '#core/graph/execute/executor.js';
import { documentLimits, mostTokens, type DocumentLimits } from '#core/graph/execute/limits.js';
import { publicError } from '#core/graph/public-error.js';
import type { Logger } from '#core/log/logger.js';
import { bearer, readClient, type ClientRequest } from './client-request.js';

const forbidden = 4403;
// RFC 6455's register: the fault is ours and may pass, so that a client may come again.
const tryAgainLater = 1013;
const longestReason = 120;
const lastWordsMs = 250;

/** What a socket needs of the server. */
export interface SocketOptions {
  executor: Executor;
  limits: DocumentLimits;
  log: Logger;
  mostBytes: number;
  trustProxy: boolean;
  /** Fails when the credentials are not valid. */
  contextFor(client: ClientRequest, signal: AbortSignal): Promise<GraphContext>;
  /** Calls back whenever somebody's rights change; returns how to stop that. */
  onRightsChange(callback: () => void): () => void;
}

type Seen = { client: ClientRequest; closed: AbortSignal };
type SocketOfSession = { close(code: number, reason: string): void };

/** Serves operations over sockets, by the graphql-transport-ws protocol. */
export class GraphqlSocket {
  readonly #sockets: WebSocketServer;
  readonly #served: { dispose: () => void | Promise<void> };
  readonly #open = new Map<SocketOfSession, GraphContext>();
  readonly #unlisten: () => void;
  readonly #documents = new LRUCache<string, DocumentNode | readonly GraphQLError[]>({ max: 1_000 });

  constructor(readonly options: SocketOptions) {
    const { executor, log, mostBytes } = options;
    const { schema } = executor;
    const shown = (errors: readonly Error[]) => errors.map(ofLanguage).map((error) => publicError(error.toJSON(), error, log));
    this.#unlisten = options.onRightsChange(() => void this.#closeEnded());
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: mostBytes });
    this.#served = useServer<Record<string, unknown>, Partial<Seen>>(
      {
        schema,
        execute: (args) => executor.execute(requestOf(args)),
        subscribe: (args) => executor.subscribe(requestOf(args)),
        onConnect: async ({ connectionParams, extra }) => {
          const client = readClient(extra.request, options.trustProxy);
          const accessToken = bearer(connectionParams?.authorization ?? connectionParams?.Authorization);
          if (accessToken) client.credentials = { accessToken };
          try {
            const context = await options.contextFor(client, AbortSignal.abort());
            if (context.actor.sessionId !== null) this.#open.set(extra.socket, context);
          } catch (error) {
            const { code, message } = maskError(error, log);
            extra.socket.close(code === 'INTERNAL' ? tryAgainLater : forbidden, `${code}: ${message}`.slice(0, longestReason));
            return false;
          }
          extra.client = client;
          // One for all operations of the socket: a listener of each would stay as long as the socket.
          const closed = new AbortController();
          extra.socket.once('close', () => {
            this.#open.delete(extra.socket);
            closed.abort();
          });
          extra.closed = closed.signal;
          return true;
        },
        onSubscribe: async ({ extra }, _id, { query, variables, operationName }) => {
          const document = this.#document(query);
          if (!('kind' in document)) return document;
          try {
            const contextValue = await options.contextFor({ ...extra.client!, requestId: crypto.randomUUID() }, extra.closed!);
            return { schema, document, variableValues: variables ?? undefined, operationName: operationName ?? undefined, contextValue };
          } catch (error) {
            return [asGraphqlError(error, log)];
          }
        },
        onNext: (_context, _id, _payload, _args, { data = null, errors, extensions }) => ({
          data,
          ...(errors && { errors: shown(errors) }),
          ...(extensions && { extensions }),
        }),
        onError: (_context, _id, _payload, errors) => shown(errors as readonly GraphQLError[]),
      },
      this.#sockets,
    );
  }

  /** Takes over an upgraded connection. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.handleUpgrade(request, socket, head, (upgraded) => this.#sockets.emit('connection', upgraded, request));
  }

  /** How many sockets are open. */
  get open(): number {
    return this.#sockets.clients.size;
  }

  /** Closes all sockets as going away; clients connect again and resume. */
  async stop(): Promise<void> {
    this.#unlisten();
    await this.#served.dispose();
  }

  async #closeEnded(): Promise<void> {
    for (const [socket, context] of this.#open) {
      const actor = await context.currentActor().catch(() => context.actor);
      if (actor !== null) continue;
      this.#open.delete(socket);
      // After its feeds have said why they end.
      setTimeout(() => socket.close(forbidden, 'UNAUTHENTICATED: The session is over: sign in again'), lastWordsMs);
    }
  }

  #document(query: string): DocumentNode | readonly GraphQLError[] {
    const known = this.#documents.get(query);
    if (known) return known;
    let result: DocumentNode | readonly GraphQLError[];
    try {
      const document = parse(query, { maxTokens: mostTokens });
      const errors = validate(this.options.executor.schema, document, [...specifiedRules, documentLimits(this.options.limits)]);
      result = errors.length > 0 ? errors : document;
    } catch (error) {
      result = [ofLanguage(error as Error)];
    }
    this.#documents.set(query, result);
    return result;
  }
}

const requestOf = ({ document, operationName, variableValues, contextValue }: ExecutionArgs): OperationRequest => ({
  document,
  operationName,
  variables: variableValues,
  context: contextValue as GraphContext,
});

// What is nested too deeply fails in the language's own code, with an error that is none of the language.
const ofLanguage = (error: Error): GraphQLError =>
  error instanceof GraphQLError ? error : new GraphQLError(error.message, { originalError: error });

const asGraphqlError = (error: unknown, log: Logger): GraphQLError => {
  const known = error instanceof AppError ? error : maskError(error, log);
  return new GraphQLError(known.message, { originalError: known });
};
