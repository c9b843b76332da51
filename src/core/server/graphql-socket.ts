import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type GraphQLError, type ExecutionArgs } from 'graphql';
import { handleProtocols, makeServer, type Server } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { AppError } from '#core/errors/app-error.js';
import type { Outlet } from '#core/feed/outlet.js';
import type { GraphContext } from '#core/graph/context.js';
import type { Executor, OperationRequest } from '#core/graph/execute/executor.js';
import type { Logger } from '#core/log/logger.js';
import type { Connections } from './connections.js';
import { readClient, type ClientRequest, type Surroundings } from './client-request.js';
import { asGraphqlError } from './as-graphql-error.js';
import { ofLanguage, type Documents } from './documents.js';
import { SocketConnection } from './socket-connection.js';
import { SocketOutlet } from './socket-outlet.js';
import type { TrustedDocuments } from './trusted-documents.js';

const keepAliveMs = 12_000;
const tooMany = (most: number): AppError =>
  new AppError('LIMIT_EXCEEDED', `A socket may carry ${most} operations at a time: complete some, or open another`);
const goingAway = 1001;
const farewellMs = 2_000;

/** What sockets need of the server. */
export interface SocketOptions {
  executor: Executor;
  documents: Documents;
  log: Logger;
  mostBytes: number;
  surroundings: Surroundings;
  connections: Connections;
  /** How many operations a socket may carry now. */
  mostOperations(): number;
  trusted: TrustedDocuments;
  /** Fails when the credentials are not valid. */
  contextFor(client: ClientRequest, signal: AbortSignal): Promise<GraphContext>;
}

type Asked = ExecutionArgs & { outlet: Outlet };
type Extra = { connection: SocketConnection };

/** Serves operations over sockets, by the graphql-transport-ws protocol. */
export class GraphqlSocket {
  readonly #sockets: WebSocketServer;
  readonly #protocol: Server<Extra>;
  readonly #connections = new Set<SocketConnection>();
  readonly #keepAlive: NodeJS.Timeout;

  constructor(readonly options: SocketOptions) {
    this.#sockets = new WebSocketServer({ noServer: true, maxPayload: options.mostBytes, handleProtocols });
    this.#protocol = makeServer(this.#rules());
    // One timer for all: a socket that has not answered since the last time is gone.
    this.#keepAlive = setInterval(() => {
      for (const connection of this.#connections) connection.checkAlive();
    }, keepAliveMs).unref();
  }

  /** Takes over an upgraded connection; throws `RATE_LIMITED` when too many are open. */
  accept(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const client = readClient(request, this.options.surroundings);
    const left = this.options.connections.fromAddress(client.sourceIp);
    stream.once('close', left);
    this.#sockets.handleUpgrade(request, stream, head, (socket) =>
      this.#serve(new SocketConnection(socket, stream, client, this.options.log)),
    );
  }

  /** How many sockets are open. */
  get open(): number {
    return this.#sockets.clients.size;
  }

  /** Bytes that wait to be sent, over all sockets. */
  get bufferedBytes(): number {
    let bytes = 0;
    for (const { stream } of this.#connections) bytes += stream.writableLength;
    return bytes;
  }

  /** Closes all sockets as going away; clients connect again and resume. */
  async stop(): Promise<void> {
    clearInterval(this.#keepAlive);
    for (const connection of this.#connections) connection.close(goingAway, 'Going away');
    // The library waits half a minute for a client that does not answer.
    const timer = setTimeout(() => {
      for (const { socket } of this.#connections) socket.terminate();
    }, farewellMs);
    await new Promise<void>((resolve) => this.#sockets.close(() => resolve()));
    clearTimeout(timer);
  }

  #serve(connection: SocketConnection): void {
    const { socket } = connection;
    this.#connections.add(connection);
    socket.once('error', (error) => connection.fail(error));
    const closed = this.#protocol.opened(connection, { connection });
    socket.once('close', (code, reason) => {
      this.#connections.delete(connection);
      connection.end();
      void closed(code, String(reason));
    });
  }

  #rules(): Parameters<typeof makeServer<Record<string, unknown>, Extra>>[0] {
    const { executor, documents, log, contextFor, connections, mostOperations, trusted } = this.options;
    const { schema } = executor;
    const shown = (errors: readonly Error[]) => errors.map(ofLanguage).map((error) => executor.shown(error.toJSON(), error));
    return {
      schema,
      execute: (args) => executor.execute(requestOf(args)),
      subscribe: (args) => executor.subscribe(requestOf(args), (args as Asked).outlet),
      onConnect: ({ connectionParams, extra: { connection } }) => connection.greet(connectionParams, contextFor, connections),
      onSubscribe: async ({ extra: { connection }, subscriptions }, id, payload) => {
        const { variables, operationName } = payload;
        if (Object.keys(subscriptions).length > mostOperations()) return [asGraphqlError(tooMany(mostOperations()), log)];
        try {
          const context = await connection.context(contextFor);
          const document = documents.get(trusted.resolve(payload, context.actor).query);
          if (!('kind' in document)) return document;
          return {
            schema,
            document,
            variableValues: variables ?? undefined,
            operationName: operationName ?? undefined,
            contextValue: context,
            outlet: new SocketOutlet(connection.socket, connection.stream, id),
          } as Asked;
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
    };
  }
}

const requestOf = ({ document, operationName, variableValues, contextValue }: ExecutionArgs): OperationRequest => ({
  document,
  operationName,
  variables: variableValues,
  context: contextValue as GraphContext,
});
