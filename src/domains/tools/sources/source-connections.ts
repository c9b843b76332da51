import type { WriteSystem } from '#core/feed/write.js';
import type { ExternalMcpSource } from './external-mcp-source.entity.js';
import { mcpLimits } from './mcp-limits.js';
import { McpSourceError } from './mcp-source-error.js';
import { openClient, type OpenClient } from './open-client.js';

/** One use of a connection: what is done with it, and what ends the wait. */
export interface SourceUse<Result> {
  signal: AbortSignal;
  work(connection: OpenClient, about: { isAlone: () => boolean }): Promise<Result>;
}

interface Kept {
  /** What the connection was opened with. */
  key: string;
  opening: Promise<OpenClient>;
  openedAt: number;
  uses: number;
  timer: NodeJS.Timeout | null;
}

// The connection is of no use any more, or what was asked may still go on there.
const retiring: ReadonlySet<string> = new Set([
  'TIMEOUT',
  'UNREACHABLE',
  'UNAUTHORIZED',
  'TOO_LARGE',
  'NOT_MCP',
  'STALE_SESSION',
  'REDIRECT',
  'REFUSED',
]);

/** The connections of this process to external MCP servers: one of each, which closes when nobody uses it, and when the source changes. */
export class SourceConnections {
  readonly #kept = new Map<string, Kept>();
  readonly #retired = new Set<Promise<void>>();
  #isStopped = false;

  /** `version` is that of Signalbox, which it tells the servers. */
  constructor(
    readonly system: WriteSystem,
    readonly version: string,
  ) {}

  /** How many connections are open or being opened. */
  get size(): number {
    return this.#kept.size;
  }

  /**
   * Does something with the connection to a source, opening it when there is none; throws a `McpSourceError`, or the reason of the signal.
   * A server that has forgotten the session is asked again on a new one: it has done nothing.
   */
  async use<Result>(source: ExternalMcpSource, use: SourceUse<Result>): Promise<Result> {
    const isFresh = !this.#reusable(source);
    try {
      return await this.#useOnce(source, use);
    } catch (error) {
      if (isFresh || !(error instanceof McpSourceError) || error.fault !== 'STALE_SESSION') throw error;
      return this.#useOnce(source, use);
    }
  }

  /** Closes the connection to a source. */
  drop(id: string): void {
    const kept = this.#kept.get(id);
    if (kept) this.#retire(id, kept);
  }

  /** Closes all connections, and opens none any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const [id, kept] of [...this.#kept]) this.#retire(id, kept);
    await Promise.all(this.#retired);
  }

  async #useOnce<Result>(source: ExternalMcpSource, { signal, work }: SourceUse<Result>): Promise<Result> {
    if (source.status === 'DISABLED') throw new McpSourceError('DISABLED', `The source ${source.name} is switched off`);
    if (this.#isStopped) throw new McpSourceError('UNREACHABLE', 'Signalbox is stopping');
    signal.throwIfAborted();
    const kept = this.#reusable(source) ?? this.#open(source);
    kept.uses += 1;
    if (kept.timer) clearTimeout(kept.timer);
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    let connection: OpenClient | null = null;
    try {
      connection = await Promise.race([kept.opening, aborted]);
      return await Promise.race([work(connection, { isAlone: () => kept.uses === 1 }), aborted]);
    } catch (error) {
      signal.throwIfAborted();
      const why = connection ? connection.explain(error) : (error as McpSourceError);
      if (retiring.has(why.fault) && this.#kept.get(source.id) === kept) this.#kept.delete(source.id);
      throw why;
    } finally {
      signal.removeEventListener('abort', abort);
      kept.uses -= 1;
      this.#afterUse(source.id, kept);
    }
  }

  #reusable(source: ExternalMcpSource): Kept | null {
    const kept = this.#kept.get(source.id);
    if (!kept) return null;
    if (kept.key === keyOf(source) && Date.now() - kept.openedAt < mcpLimits.ageMs) return kept;
    this.#retire(source.id, kept);
    return null;
  }

  #open(source: ExternalMcpSource): Kept {
    const kept: Kept = { key: keyOf(source), opening: this.#tryToOpen(source), openedAt: Date.now(), uses: 0, timer: null };
    this.#kept.set(source.id, kept);
    const forget = (): void => this.#forget(source.id, kept);
    kept.opening.then(({ closed }) => closed).then(forget, forget);
    return kept;
  }

  // What cannot be reached for a moment, such as a server that is starting, is tried again after a pause.
  async #tryToOpen(source: ExternalMcpSource): Promise<OpenClient> {
    for (let opening = 1; ; opening += 1) {
      try {
        return await openClient(this.system, source, this.version);
      } catch (error) {
        const isPassing = error instanceof McpSourceError && error.fault === 'UNREACHABLE';
        if (!isPassing || opening === mcpLimits.openings || this.#isStopped) throw error;
        await new Promise((resolve) => setTimeout(resolve, mcpLimits.firstPauseMs * 2 ** (opening - 1)));
      }
    }
  }

  #forget(id: string, kept: Kept): void {
    if (this.#kept.get(id) === kept) this.#kept.delete(id);
  }

  #afterUse(id: string, kept: Kept): void {
    if (kept.uses > 0) return;
    if (this.#kept.get(id) !== kept) return this.#close(kept);
    kept.timer = setTimeout(() => this.#retire(id, kept), mcpLimits.idleMs);
    kept.timer.unref();
  }

  /** Nobody gets it any more; it is closed when its last use has ended. */
  #retire(id: string, kept: Kept): void {
    this.#forget(id, kept);
    if (kept.uses === 0 || this.#isStopped) this.#close(kept);
  }

  #close(kept: Kept): void {
    if (kept.timer) clearTimeout(kept.timer);
    const closed = kept.opening.then((connection) => connection.close()).catch(() => {});
    this.#retired.add(closed);
    void closed.finally(() => this.#retired.delete(closed));
  }
}

const keyOf = ({ url, transportType, authType, authSecretName, authHeaderName, oauthClientId }: ExternalMcpSource): string =>
  JSON.stringify([url, transportType, authType, authSecretName, authHeaderName, oauthClientId]);
