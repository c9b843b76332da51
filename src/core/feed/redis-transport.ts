import { randomUUID } from 'node:crypto';
import type { Logger } from '#core/log/logger.js';
import { RedisConnection } from '#core/redis/redis-connection.js';
import type { BellTransport, Ears } from './bell-transport.js';

/** Rings by Redis pub/sub, on a channel of the database that the processes share. */
export class RedisTransport implements BellTransport {
  readonly name = 'REDIS';
  readonly #channel: string;
  // Whoever rings has woken its own listeners already.
  readonly #self = randomUUID();
  #connection: RedisConnection | null = null;

  constructor(
    readonly url: string,
    databaseName: string,
    readonly log: Logger,
  ) {
    this.#channel = `signalbox:${databaseName}:bell`;
  }

  get isConnected(): boolean {
    return this.#connection?.isConnected ?? false;
  }

  /** Begins to connect; a Redis that is away is no reason to fail. */
  async open(ears: Ears): Promise<void> {
    this.#connection = new RedisConnection(this.url, this.#channel, this.log, () => ears.connected());
    this.#connection.hear(this.#channel, (text) => {
      const [sender, ...streams] = text.split(' ');
      if (sender !== this.#self) ears.heard(streams);
    });
    await this.#connection.open();
  }

  async send(streams: readonly string[]): Promise<void> {
    if (!this.#connection) throw new Error('the connection is not open');
    await this.#connection.publish(this.#channel, [this.#self, ...streams].join(' '));
  }

  async close(): Promise<void> {
    this.#connection?.close();
  }
}
