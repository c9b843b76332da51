import type { IncomingMessage } from 'node:http';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Which web origins may use the API with the browser's cookie or read its answers. */
export class Origins {
  readonly #allowed: ReadonlySet<string>;

  constructor(publicUrl: string | undefined, allowed: readonly string[]) {
    this.#allowed = new Set([...(publicUrl ? [new URL(publicUrl).origin] : []), ...allowed]);
  }

  /** Whether a request may come from its `Origin`: none (no browser), a listed one, or a page of this machine served by ourselves. */
  allows({ headers }: IncomingMessage): boolean {
    const { origin, host } = headers;
    if (origin === undefined || this.#allowed.has(origin)) return true;
    if (!URL.canParse(origin)) return false;
    const { protocol, hostname, host: originHost } = new URL(origin);
    return protocol === 'http:' && loopback.has(hostname) && originHost === host;
  }

  /** Whether the origin was listed, so that cross-origin answers may be read. */
  lists(origin: string): boolean {
    return this.#allowed.has(origin);
  }
}
