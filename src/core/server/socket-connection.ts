import type { Duplex } from 'node:stream';
import type { WebSocket as ProtocolSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { AppError } from '#core/errors/app-error.js';
import { maskError } from '#core/errors/mask-error.js';
import type { GraphContext } from '#core/graph/context.js';
import type { Logger } from '#core/log/logger.js';
import { accessIdOf, accessOver } from '#core/policy/actor.js';
import type { Connections } from './connections.js';
import { bearer, newRequestId, type ClientRequest } from './client-request.js';

const internalError = 4500;
const forbidden = 4403;
// RFC 6455's register: the fault is ours and may pass, so that a client may come again.
const tryAgainLater = 1013;
// What the frame that closes a socket has room for, in bytes of UTF-8.
const longestReason = 123;
const lastWordsMs = 250;
const askAgainMs = 1_000;

// Whoever only wants to know who somebody is waits for nothing.
const gone = AbortSignal.abort();

type ContextFor = (client: ClientRequest, signal: AbortSignal) => Promise<GraphContext>;

/** One socket, as the server of the protocol sees it: who it speaks for, and whether it still lives. */
export class SocketConnection implements ProtocolSocket {
  // One for all operations of the socket: a listener of each would stay as long as the socket.
  readonly #closed = new AbortController();
  #accessId: string | null = null;
  #stopWatching: () => void = () => {};
  #isAlive = true;
  #renew: ((authorization: unknown) => Promise<void>) | null = null;

  /** `stream` is the connection that carries the socket. */
  constructor(
    readonly socket: WebSocket,
    readonly stream: Duplex,
    readonly client: ClientRequest,
    readonly log: Logger,
  ) {
    socket.on('pong', () => (this.#isAlive = true));
  }

  /** Ends a connection that has not answered since the last time, and asks it again. */
  checkAlive(): void {
    if (!this.#isAlive) return this.socket.terminate();
    this.#isAlive = false;
    if (this.socket.readyState === this.socket.OPEN) this.socket.ping();
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  send(text: string): Promise<void> {
    const { socket } = this;
    return new Promise((resolve, reject) => {
      if (socket.readyState !== socket.OPEN) return resolve();
      socket.send(text, (error) => (error ? reject(error) : resolve()));
    });
  }

  onMessage(receive: (text: string) => Promise<void>): void {
    this.socket.on('message', (message) => void receive(String(message)).catch((error: Error) => this.fail(error)));
  }

  // A ping may carry a new token of the session that greeted, so that a socket outlives the token that opened it.
  async onPing(payload: Record<string, unknown> | undefined): Promise<void> {
    await this.send(JSON.stringify({ type: 'pong', payload: await this.#pinged(payload) }));
  }

  /** Closes the socket; a reason that is too long, because the client chose a part of it, is cut. */
  close(code?: number, reason = ''): void {
    const bytes = Buffer.from(reason);
    // A character that is cut in two is left out.
    this.socket.close(code, new TextDecoder().decode(bytes.subarray(0, longestReason), { stream: true }));
  }

  /** Closes the socket because of a fault of the server; what the client did wrong, the socket itself answers with the right code. */
  fail(error: Error): void {
    if (error instanceof RangeError || (error as { code?: string }).code?.startsWith('WS_ERR')) return;
    this.close(internalError, maskError(error, this.log).message);
  }

  /** Finds out who greets; closes the socket and returns false when the credentials are not valid. */
  async greet(params: Record<string, unknown> | undefined, contextFor: ContextFor, connections: Connections): Promise<boolean> {
    const { log } = this;
    const accessToken = bearer(params?.authorization ?? params?.Authorization);
    if (accessToken) this.client.credentials = { accessToken };
    this.#renew = (authorization) =>
      this.#adopt(authorization, contextFor).catch((error: unknown) => {
        // Also a database that is away: the socket goes on with the token that it has, and the client may ask again.
        throw maskError(error, log);
      });
    try {
      const context = await contextFor(this.client, gone);
      this.#accessId = accessIdOf(context.actor);
      this.stream.once('close', connections.ofUser(context.actor.id));
      this.#stopWatching = context.onRightsChange(() => void this.#closeWhenOver(context));
      if (this.#closed.signal.aborted) this.#stopWatching();
      return true;
    } catch (error) {
      const { code, message } = maskError(error, log);
      this.close(code === 'INTERNAL' || code === 'RATE_LIMITED' ? tryAgainLater : forbidden, `${code}: ${message}`);
      return false;
    }
  }

  /** The context of an operation on this socket. */
  context(contextFor: ContextFor): Promise<GraphContext> {
    return contextFor({ ...this.client, requestId: newRequestId() }, this.#closed.signal);
  }

  /** The socket is closed: its operations end. */
  end(): void {
    this.#stopWatching();
    this.#closed.abort();
  }

  async #pinged(payload: Record<string, unknown> | undefined): Promise<Record<string, unknown> | undefined> {
    if (payload?.authorization === undefined || !this.#renew) return payload;
    try {
      await this.#renew(payload.authorization);
      return { authorization: 'accepted' };
    } catch (error) {
      const { code, message } = error as AppError;
      return { authorization: 'refused', code, message };
    }
  }

  async #adopt(authorization: unknown, contextFor: ContextFor): Promise<void> {
    const accessToken = bearer(authorization);
    if (!accessToken) throw new AppError('BAD_USER_INPUT', 'authorization must be "Bearer <access token>"');
    const credentials = { accessToken };
    const { actor } = await contextFor({ ...this.client, credentials }, gone);
    if (accessIdOf(actor) !== this.#accessId)
      throw new AppError('FORBIDDEN', 'The token is of another session than the one that opened this socket: open another socket');
    this.client.credentials = credentials;
  }

  async #closeWhenOver(context: GraphContext): Promise<void> {
    const isOver = await context.currentActor().then(
      (actor) => actor === null,
      () => null,
    );
    // The database is away: nobody else asks again.
    if (isOver === null && !this.#closed.signal.aborted) setTimeout(() => void this.#closeWhenOver(context), askAgainMs).unref();
    if (!isOver) return;
    this.#stopWatching();
    // After its feeds have said why they end.
    const { code, message } = accessOver(context.actor);
    setTimeout(() => this.close(forbidden, `${code}: ${message}`), lastWordsMs).unref();
  }
}
