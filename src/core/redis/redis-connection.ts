import { createClient } from '@redis/client';
import type { Logger } from '#core/log/logger.js';

const connectTimeoutMs = 5_000;
const shortestPauseMs = 100;
const longestPauseMs = 2_000;
// A connection whose other end is gone without a word is noticed by the ping that nothing answers.
const pingMs = 5_000;
const silenceMs = 12_000;

type Heard = (text: string, channel: string) => void;

/**
 * A connection to Redis for publishing and subscribing. It comes back by itself, with its subscriptions; while it is away it keeps
 * nothing, and publishing fails at once.
 */
export class RedisConnection {
  readonly #client;
  readonly #awaited = new Map<string, Heard>();
  readonly #subscribed = new Set<string>();
  #state: 'new' | 'connected' | 'away' | 'closed' = 'new';
  #tried: () => void = () => {};

  /** `onConnected` is called whenever it is connected and subscribed, again too: something may have been missed. */
  constructor(
    url: string,
    readonly name: string,
    readonly log: Logger,
    readonly onConnected: () => void = () => {},
  ) {
    this.#client = createClient({
      url,
      RESP: 3,
      name,
      disableOfflineQueue: true,
      maintNotifications: 'disabled',
      pingInterval: pingMs,
      socket: {
        connectTimeout: connectTimeoutMs,
        socketTimeout: silenceMs,
        reconnectStrategy: (tries) => Math.min(shortestPauseMs * 2 ** Math.min(tries, 10), longestPauseMs),
      },
    });
    this.#client.on('error', (error: Error) => this.#client.isReady || this.#failed(error));
    this.#client.on('ready', () => void this.#ready());
  }

  /** Whether it can publish and hear now. */
  get isConnected(): boolean {
    return this.#client.isReady && this.#state === 'connected';
  }

  /** Hears a channel, or the channels that fit a pattern with `*`, from the next connection on. */
  hear(channel: string, heard: Heard): void {
    this.#awaited.set(channel, heard);
  }

  /** Begins to connect, and waits until that has come about or failed once; whatever failed is tried again. */
  async open(): Promise<void> {
    const tried = new Promise<void>((resolve) => (this.#tried = resolve));
    // Every failure is told as an event too.
    this.#client.connect().catch(() => {});
    await tried;
  }

  /** Fails when the connection is away, or goes away before Redis has confirmed. */
  async publish(channel: string, text: string): Promise<void> {
    await this.#client.publish(channel, text);
  }

  /** Ends the connection for good. */
  close(): void {
    this.#state = 'closed';
    this.#client.destroy();
    this.#tried();
  }

  async #ready(): Promise<void> {
    try {
      for (const [channel, heard] of this.#awaited) {
        // Later connections get it from the client.
        if (this.#subscribed.has(channel)) continue;
        await (channel.includes('*') ? this.#client.pSubscribe(channel, heard) : this.#client.subscribe(channel, heard));
        this.#subscribed.add(channel);
      }
    } catch (error) {
      return this.#failed(error as Error);
    }
    if (this.#state === 'closed') return;
    this.#state = 'connected';
    this.log.info({ connection: this.name }, 'connected to Redis');
    this.#tried();
    this.onConnected();
  }

  // Only its message: what else an error carries may be the URL with its password.
  #failed({ message }: Error): void {
    this.#tried();
    if (this.#state === 'away' || this.#state === 'closed') return;
    this.#state = 'away';
    this.log.warn({ connection: this.name, reason: message }, 'Redis is away; it is tried again');
  }
}
