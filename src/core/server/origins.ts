import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Which web origins may use the API with the browser's cookie or read its answers. */
export class Origins {
  readonly #allowed: ReadonlySet<string>;

  constructor(publicUrl: string | undefined, allowed: readonly string[]) {
    this.#allowed = new Set([...(publicUrl ? [new URL(publicUrl).origin] : []), ...allowed]);
  }

  /**
   * Whether a request may come from its `Origin`: none (no browser, or nothing that a page of somebody else asked for), a listed one, or a
   * page of this machine served by ourselves.
   */
  allows({ headers, method }: IncomingMessage): boolean {
    const { origin, host } = headers;
    if (origin === undefined) return !isForeign(headers, method);
    if (this.#allowed.has(origin)) return true;
    if (!URL.canParse(origin)) return false;
    const { protocol, hostname, host: originHost } = new URL(origin);
    return protocol === 'http:' && loopback.has(hostname) && originHost === host;
  }

  /**
   * Whether a request names this server by a name of its own: the public one, that of a listed origin, this machine, or an address. A page
   * that has its own name lead to this server (DNS rebinding) names another one.
   */
  isOwnHost({ headers: { host = '' } }: IncomingMessage): boolean {
    const url = `http://${host}`;
    if (!/^[^/?#@\\]+$/.test(host) || !URL.canParse(url)) return false;
    const { hostname } = new URL(url);
    if (loopback.has(hostname) || isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return true;
    return [...this.#allowed].some((origin) => new URL(origin).host === host.toLowerCase());
  }

  /** Whether the origin was listed, so that cross-origin answers may be read. */
  lists(origin: string): boolean {
    return this.#allowed.has(origin);
  }
}

// Some requests come from a page and do not say from which, such as those for an image. To follow a link is no such request; to send a form is.
const isForeign = (headers: IncomingHttpHeaders, method: string | undefined): boolean =>
  (headers['sec-fetch-site'] === 'cross-site' || headers['sec-fetch-site'] === 'same-site') &&
  !(method === 'GET' && headers['sec-fetch-mode'] === 'navigate');
