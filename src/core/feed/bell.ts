import { Client } from 'pg';
import type { Logger } from '#core/log/logger.js';

const channel = 'signalbox_bell';
const coalesceMs = 20;
const reconnectMs = 500;
const payloadBytes = 7_000;

/**
 * Says "this stream has something" within the process at once and to the other processes by NOTIFY, coalesced and outside any
 * writing transaction. It may be lost; readers look by themselves from time to time.
 */
export class Bell {
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #due = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #client: Client | null = null;
  #closed = false;

  constructor(
    readonly url: string,
    readonly log: Logger,
  ) {}

  /** Connects; a lost connection is replaced, and whoever listens is woken then, because rings may have been missed. */
  async open(): Promise<void> {
    const client = new Client({ connectionString: this.url });
    client.on('error', (err) => this.log.warn({ err }, 'the bell lost its connection'));
    client.on('notification', ({ payload }) => this.#wake((payload ?? '').split(' ')));
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
    } catch (error) {
      void client.end().catch(() => {});
      throw error;
    }
    if (this.#closed) return client.end();
    // Only now: a connection that never came about must not be replaced twice.
    client.on('end', () => this.#reopen());
    this.#client = client;
    this.#wake([...this.#listeners.keys()]);
  }

  /** Wakes the listeners of these streams, here and in every process. */
  ring(...streams: string[]): void {
    this.#wake(streams);
    for (const stream of streams) this.#due.add(stream);
    this.#timer ??= setTimeout(() => void this.#notify(), coalesceMs);
  }

  /** Calls back whenever the stream rings; returns how to stop that. */
  listen(stream: string, callback: () => void): () => void {
    const callbacks = this.#listeners.get(stream) ?? new Set();
    this.#listeners.set(stream, callbacks.add(callback));
    return () => {
      callbacks.delete(callback);
      if (callbacks.size === 0 && this.#listeners.get(stream) === callbacks) this.#listeners.delete(stream);
    };
  }

  /** How many callbacks wait, over all streams. */
  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, callbacks) => sum + callbacks.size, 0);
  }

  /** Sends what is due and disconnects. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) {
      clearTimeout(this.#timer);
      await this.#notify();
    }
    await this.#client?.end().catch(() => {});
  }

  #wake(streams: readonly string[]): void {
    for (const stream of streams) for (const callback of [...(this.#listeners.get(stream) ?? [])]) callback();
  }

  async #notify(): Promise<void> {
    this.#timer = null;
    const streams = [...this.#due];
    this.#due.clear();
    for (let payload = ''; streams.length > 0; payload = '') {
      while (streams.length > 0 && payload.length + streams.at(-1)!.length < payloadBytes) payload += `${payload && ' '}${streams.pop()!}`;
      await this.#client
        ?.query('select pg_notify($1, $2)', [channel, payload])
        .catch((err: unknown) => this.log.warn({ err }, 'the bell could not ring'));
    }
  }

  #reopen(): void {
    this.#client = null;
    if (this.#closed) return;
    setTimeout(() => {
      if (!this.#closed) this.open().catch(() => this.#reopen());
    }, reconnectMs).unref();
  }
}
