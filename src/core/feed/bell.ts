import type { Logger } from '#core/log/logger.js';
import type { BellTransport } from './bell-transport.js';

const coalesceMs = 5;
const retryMs = 500;
const mostDue = 10_000;
/** Rung instead of more names than are kept: it wakes everybody. No stream is called so. */
const everything = '**';

/**
 * Says "this stream has something" within the process at once and to the other processes by a transport, coalesced and outside any
 * writing transaction. It may be lost; readers look by themselves from time to time.
 */
export class Bell {
  readonly #listeners = new Map<string, Set<() => void>>();
  #due = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #sending: Promise<void> | null = null;
  #isFailing = false;
  #isClosed = false;
  #sentAt = 0;

  constructor(
    readonly transport: BellTransport,
    readonly log: Logger,
  ) {}

  /** Opens the transport. Whoever listens is woken whenever it is connected, because rings may have been missed; what is due is sent. */
  open(): Promise<void> {
    return this.transport.open({
      heard: (streams) => this.#wake(streams),
      connected: () => {
        this.#wake([everything]);
        this.#sendSoon();
      },
    });
  }

  /** Wakes the listeners of these streams, here and in every process. */
  ring(...streams: string[]): void {
    this.#wake(streams);
    this.#add(streams);
    this.#sendSoon();
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

  /** How many names wait to be sent. */
  get due(): number {
    return this.#due.size;
  }

  /** Sends what is due, when there is a connection, and disconnects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#sending;
    await this.#send();
    await this.transport.close();
  }

  #wake(streams: readonly string[]): void {
    const rung = streams.includes(everything) ? [...this.#listeners.keys()] : streams;
    for (const stream of rung) for (const callback of [...(this.#listeners.get(stream) ?? [])]) callback();
  }

  #add(streams: Iterable<string>): void {
    if (this.#due.has(everything)) return;
    for (const stream of streams) this.#due.add(stream);
    if (this.#due.size > mostDue) this.#due = new Set([everything]);
  }

  // The first ring after a silence goes out at once, with all others of its turn.
  #sendSoon(delayMs = Math.max(coalesceMs - (performance.now() - this.#sentAt), 0)): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      // One at a time, so that no more than this waits for a slow connection either.
      this.#sending ??= this.#send().finally(() => {
        this.#sending = null;
        if (this.#due.size > 0 && this.transport.isConnected) this.#sendSoon(this.#isFailing ? retryMs : undefined);
      });
    }, delayMs);
  }

  async #send(): Promise<void> {
    if (this.#due.size === 0 || !this.transport.isConnected) return;
    const streams = this.#due;
    this.#due = new Set();
    this.#sentAt = performance.now();
    try {
      await this.transport.send([...streams]);
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) this.log.warn({ reason: (error as Error).message }, 'the bell could not ring; it tries again');
      this.#isFailing = true;
      this.#add(streams);
    }
  }
}
