import { Agent, fetch as undiciFetch, type Response as UndiciResponse } from 'undici';
import { boundedBody } from './bounded-body.js';
import { checkedConnector, systemResolve, type Resolve } from './checked-connector.js';
import { OutgoingError } from './outgoing-error.js';
import { plainHost } from './plain-host.js';

/** Where requests may go, and what they may take. */
export interface OutgoingRules {
  /** Whether a host, a name in lower case or an address, may be asked on a port; asked for each redirect too. */
  isAllowed(host: string, port: number): boolean;
  /** Hosts that may stand in a private network or on this machine; all others have to have public addresses only. */
  privateHosts?: readonly string[];
  /** Of an answer, decompressed. */
  maxBytes: number;
  /** Until an answer is there to its end. */
  timeoutMs: number;
  /** Whether an answer that is an event stream may go on for ever: the time bounds its head then, and the size each event. */
  mayStream?: boolean;
  /** How many redirects are followed, 5 by default. */
  mostRedirects?: number;
}

type Hop = { url: URL; method: string; headers: Headers; body: Uint8Array | null };

const usualRedirects = 5;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const withoutBody: ReadonlySet<number> = new Set([204, 205, 304]);
// They say which site of a server is meant, or how the connection is used: with them a request would be another one than was allowed.
const refusedHeaders = ['host', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'expect', 'keep-alive'];
// All others may be credentials, whatever their name.
const headersForAnyone: ReadonlySet<string> = new Set(['accept', 'accept-language', 'content-type', 'user-agent']);
const headersOfBodies = ['content-type', 'content-language', 'content-encoding', 'content-location'];

/**
 * Makes requests to machines that somebody else has named. They go to allowed hosts and ports by http or https, by default to public
 * addresses only, and are bounded in time and size. `fetch` can stand for the global one; the body of its answer is a stream.
 */
export class Outgoing {
  readonly #rules: OutgoingRules;
  readonly #agent: Agent;

  constructor(rules: OutgoingRules, resolve: Resolve = systemResolve) {
    this.#rules = rules;
    const privateHosts = new Set(rules.privateHosts?.map(plainHost));
    this.#agent = new Agent({
      connect: checkedConnector(privateHosts, resolve),
      // The time of a request is bounded as a whole; an event stream may be silent for long.
      headersTimeout: 0,
      bodyTimeout: 0,
      allowH2: false,
    });
  }

  /** Makes a request; throws an `OutgoingError`, or the reason of the signal. */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    if (!(input instanceof Request)) checkForm(new URL(input));
    const request = new Request(input, init);
    const deadline = new Deadline(this.#rules.timeoutMs, request.signal);
    try {
      const first = {
        url: new URL(request.url),
        method: request.method,
        headers: checkHeaders(request.headers),
        body: await bodyOf(request),
      };
      const { response, url } = await this.#follow(first, request.redirect, deadline);
      return this.#answer(response, url, deadline);
    } catch (error) {
      deadline.end();
      throw error;
    }
  };

  /** Breaks off what is under way and closes all connections. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #follow(first: Hop, mode: RequestRedirect, deadline: Deadline): Promise<{ response: UndiciResponse; url: URL }> {
    let request = first;
    for (let left = this.#rules.mostRedirects ?? usualRedirects; ; left -= 1) {
      const response = await this.#ask(request, deadline);
      const location = redirects.has(response.status) ? response.headers.get('location') : null;
      if (location === null || mode === 'manual') return { response, url: request.url };
      await response.body?.cancel();
      if (mode === 'error') throw new OutgoingError('REDIRECT', `${request.url.host} redirects`);
      if (left === 0) throw new OutgoingError('REDIRECT', `${first.url.host} redirects too often`);
      request = redirected(request, response.status, location);
    }
  }

  async #ask({ url, method, headers, body }: Hop, deadline: Deadline): Promise<UndiciResponse> {
    this.#check(url);
    try {
      return await undiciFetch(url, {
        method,
        headers: [...headers],
        body,
        redirect: 'manual',
        signal: deadline.signal,
        dispatcher: this.#agent,
      });
    } catch (error) {
      deadline.signal.throwIfAborted();
      throw faultOf(error, url);
    }
  }

  #check(url: URL): void {
    checkForm(url);
    const host = plainHost(url.hostname);
    const port = url.port ? Number(url.port) : url.protocol === 'https:' ? 443 : 80;
    if (!this.#rules.isAllowed(host, port)) throw new OutgoingError('REFUSED', `${host}:${port} is not on the list of allowed hosts`);
  }

  #answer(response: UndiciResponse, url: URL, deadline: Deadline): Response {
    const { status, statusText } = response;
    const isEventStream = this.#rules.mayStream === true && /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
    if (isEventStream) deadline.lift();
    const onEnd = (): void => deadline.end();
    const body = response.body as ReadableStream<Uint8Array> | null;
    const bounded = body && !withoutBody.has(status) ? boundedBody(body, { maxBytes: this.#rules.maxBytes, isEventStream, onEnd }) : null;
    if (!bounded) onEnd();
    const answer = new Response(bounded, { status, statusText, headers: [...response.headers] });
    return Object.defineProperty(answer, 'url', { value: url.href });
  }
}

/** The end of a request by its time or by its caller. */
class Deadline {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #abort: () => void;

  constructor(
    timeoutMs: number,
    private readonly caller: AbortSignal,
  ) {
    const tooLate = (): void => this.#controller.abort(new OutgoingError('TIMEOUT', `There was no whole answer within ${timeoutMs} ms`));
    this.#timer = setTimeout(tooLate, timeoutMs);
    this.#abort = () => this.#controller.abort(caller.reason);
    if (caller.aborted) this.#abort();
    else caller.addEventListener('abort', this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on only the caller ends it. */
  lift(): void {
    clearTimeout(this.#timer);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.caller.removeEventListener('abort', this.#abort);
  }
}

function checkForm({ protocol, username, password }: URL): void {
  if (protocol !== 'http:' && protocol !== 'https:') throw new OutgoingError('REFUSED', `Only http and https are asked, not ${protocol}`);
  if (username || password) throw new OutgoingError('REFUSED', 'The address has a user name or password in it');
}

function checkHeaders(headers: Headers): Headers {
  const checked = new Headers(headers);
  for (const name of headers.keys())
    if (refusedHeaders.includes(name) || name.startsWith('proxy-'))
      throw new OutgoingError('REFUSED', `The header ${name} cannot be sent along`);
  for (const name of ['content-length', 'connection']) checked.delete(name);
  return checked;
}

const bodyOf = async (request: Request): Promise<Uint8Array | null> => (request.body ? new Uint8Array(await request.arrayBuffer()) : null);

function redirected({ url, method, headers, body }: Hop, status: number, location: string): Hop {
  if (!URL.canParse(location, url)) throw new OutgoingError('REDIRECT', `${url.host} redirects to what is no address`);
  const to = new URL(location, url);
  if (url.protocol === 'https:' && to.protocol === 'http:') throw new OutgoingError('REDIRECT', `${url.host} redirects from https to http`);
  const kept = new Headers(to.origin === url.origin ? headers : [...headers].filter(([name]) => headersForAnyone.has(name)));
  const isRead = status === 303 ? method !== 'HEAD' : method === 'POST' && status < 303;
  if (!isRead) return { url: to, method, headers: kept, body };
  for (const name of headersOfBodies) kept.delete(name);
  return { url: to, method: 'GET', headers: kept, body: null };
}

function faultOf(error: unknown, url: URL): unknown {
  const { cause } = error as Error;
  if (cause instanceof OutgoingError) return cause;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  return new OutgoingError('UNREACHABLE', `${url.host} cannot be reached${code ? ` (${code})` : ''}`, { cause: error });
}
