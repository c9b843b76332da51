import { SseError } from '@modelcontextprotocol/sdk/client/sse.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ErrorCode, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { isGibberish } from './is-gibberish.js';
import { mcpLimits } from './mcp-limits.js';
import { McpSourceError } from './mcp-source-error.js';
import type { SourceCredentials } from './credentials.js';
import type { SourceOutgoing } from './source-outgoing.js';
import type { Circumstances } from './why-not.js';
import { withoutSecrets } from './without-secrets.js';
import { watchedBody } from './watched-body.js';

/** How long an answer may come by another stream after its own has ended: a server may have it fetched there. */
const graceMs = 3_000;

/** What goes to and comes from an external MCP server on one connection: with credentials, counted, and watched for what breaks it. */
export class SourceExchange {
  readonly #outgoing: SourceOutgoing;
  readonly #credentials: SourceCredentials;
  readonly #failure = Promise.withResolvers<never>();
  #transport: Transport | null = null;
  #close: () => void = () => {};
  #messages = 0;
  readonly #listeners = new Set<(message: JSONRPCMessage) => void>();
  #isGibberish = false;
  /** What broke the whole connection. */
  #broken: Error | null = null;

  constructor(outgoing: SourceOutgoing, credentials: SourceCredentials) {
    this.#outgoing = outgoing;
    this.#credentials = credentials;
    this.#failure.promise.catch(() => {});
  }

  /** Rejects when the connection is given up. */
  get failed(): Promise<never> {
    return this.#failure.promise;
  }

  /** What is known when something fails. */
  get circumstances(): Circumstances {
    return { secrets: this.#credentials.secrets, isGibberish: this.#isGibberish, broken: this.#broken };
  }

  /** A text without the secrets of the connection. */
  clean(text: string): string {
    return withoutSecrets(text, this.#credentials.secrets);
  }

  /** Counts the messages of a transport that is not used yet; `close` ends the connection. */
  watch(transport: Transport, close: () => void): void {
    this.#transport = transport;
    this.#close = close;
    const onmessage = (message: JSONRPCMessage): void => {
      for (const listener of this.#listeners) listener(message);
      this.#messages += 1;
      if (this.#messages === mcpLimits.messages)
        this.#break(new McpSourceError('TOO_LARGE', `The server sent more than ${mcpLimits.messages} messages`));
    };
    Object.assign(transport, { onmessage });
  }

  /**
   * Calls back for each message, at once: what the client library passes on it passes on later, and not at all when the answer has come by
   * then. Returns how to stop that.
   */
  listen(listener: (message: JSONRPCMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Gives the connection up. */
  fail(error: Error): void {
    this.#broken ??= error;
    this.#failure.reject(error);
  }

  /** Notes an error that the transport told of, beside the requests that it concerns. */
  noteError(error: Error): void {
    if (isGibberish(error)) this.#isGibberish = true;
    // Of this transport one stream carries all; what was not answered on it, never will be.
    else if (error instanceof SseError) this.#break(this.#broken ?? error);
  }

  /** Sends a request with the credentials; when they are refused, once more with newer ones, if there are any. */
  readonly fetch = async (input: string | URL, init: RequestInit = {}): Promise<Response> => {
    try {
      const first = await this.#send(input, init);
      if (first.status !== 401 || !(await this.#credentials.renew())) return this.#watched(first, init);
      await first.body?.cancel();
      return this.#watched(await this.#send(input, init), init);
    } catch (error) {
      // The stream of the older transport tells of no reason.
      if (init.method === undefined) this.#broken ??= error as Error;
      throw error;
    }
  };

  async #send(input: string | URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(await this.#credentials.headers())) headers.set(name, value);
    return this.#outgoing.fetch(input, { ...init, headers });
  }

  #watched(response: Response, { method, body }: RequestInit): Response {
    if (!response.body || !/^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '')) return response;
    const id = method === 'POST' ? requestIdOf(body) : null;
    const watched = watchedBody(response.body, mcpLimits.streamBytes, (error) => {
      if (id !== null) this.#answerInstead(id, error);
      else if (error && method === undefined) this.#broken ??= error;
    });
    const { status, statusText, headers, url } = response;
    return Object.defineProperty(new Response(watched, { status, statusText, headers }), 'url', { value: url });
  }

  // Nobody else tells a request that the stream of its answer has ended. One that was answered does not mind.
  #answerInstead(id: number | string, error: Error | null): void {
    const tell = (): void =>
      this.#transport?.onmessage?.({
        jsonrpc: '2.0',
        id,
        error: { code: ErrorCode.ConnectionClosed, message: 'closed', data: error ?? undefined },
      });
    if (error) tell();
    else setTimeout(tell, graceMs).unref();
  }

  #break(error: Error): void {
    this.fail(error);
    this.#close();
  }
}

function requestIdOf(body: unknown): number | string | null {
  if (typeof body !== 'string') return null;
  const { id } = JSON.parse(body) as { id?: number | string };
  return id ?? null;
}
